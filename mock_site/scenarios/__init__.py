"""Scenario files: a world, its switches and what happens in it, as TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from mock_site.switches import Switches
from mock_site.world.changes import Change
from mock_site.world.options import WorldOptions

_HERE = Path(__file__).parent


class ScenarioError(ValueError):
    """A scenario is missing or not valid; the message names the file and the key."""


class Scenario(BaseModel):
    """One scenario.

    Attributes:
        title: One line for a person.
        world: Size and seed.
        switches: How the site behaves at first.
        changes: What happens, at a time or after an event.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = ""
    world: WorldOptions = Field(default_factory=WorldOptions)
    switches: Switches = Field(default_factory=Switches)
    changes: tuple[Change, ...] = ()

    def resized(self, *, seed: int | None = None, products: int | None = None, reviews: int | None = None) -> Scenario:
        """The same scenario with another seed or size; None keeps what the file says."""
        wanted = {"seed": seed, "products": products, "reviews_per_product": reviews}
        given = {name: value for name, value in wanted.items() if value is not None}
        world = WorldOptions.model_validate({**self.world.model_dump(), **given})
        return self.model_copy(update={"world": world})


def scenario_names() -> list[str]:
    """The scenarios that come with the mock."""
    return sorted(path.stem for path in _HERE.glob("*.toml"))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Reads a scenario by name or from a file.

    Raises:
        ScenarioError: there is none, or it is not valid.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = _HERE / f"{name_or_path}.toml"
    if not path.is_file():
        raise ScenarioError(f"no scenario {str(name_or_path)!r}; there are: {', '.join(scenario_names())}")
    try:
        return Scenario.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise ScenarioError(f"{path.name}: {error}") from error
