"""Scenario files: a world, its switches and what happens in it, as TOML."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from mock_site.switches import Switches
from mock_site.world.changes import Change
from mock_site.world.options import WorldOptions

_HERE = Path(__file__).parent
_MOST_BYTES = 20_000  # in which no dotted key keeps the parser busy
_Table = dict[str, object]


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


def load_scenario(*names_or_paths: str | Path) -> Scenario:
    """Reads scenarios by name or from files, each on top of those before it and of what it includes.

    Tables are joined key by key and the later value wins; lists (latency, walls, variants, quirks, changes) are joined
    end to end.

    Raises:
        ScenarioError: there is none, or together they are not valid.
    """
    table: _Table = {}
    for one in names_or_paths:
        table = _laid_over(table, _read(_find(one), ()))
    try:
        # As JSON, so that "yes" is no switch and "5" no number, here as little as at the control port.
        return Scenario.model_validate_json(json.dumps(table, default=str), strict=True)
    except ValueError as error:
        raise ScenarioError(f"{', '.join(map(str, names_or_paths))}: {error}") from error


def _find(name_or_path: str | Path, beside: Path = Path()) -> Path:
    path = Path(name_or_path)
    found = beside / path if path.suffix == ".toml" else _HERE / f"{name_or_path}.toml"
    if not found.is_file():
        raise ScenarioError(f"no scenario {str(name_or_path)!r}; there are: {', '.join(scenario_names())}")
    return found


def _read(path: Path, above: tuple[Path, ...]) -> _Table:
    if path in above:
        raise ScenarioError(f"{path.name} includes itself: {' > '.join(one.name for one in (*above, path))}")
    if path.stat().st_size > _MOST_BYTES:
        raise ScenarioError(f"{path.name}: larger than {_MOST_BYTES:,} bytes")
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{path.name}: {error}") from error
    included = own.pop("include", [])
    if not isinstance(included, list) or not all(isinstance(one, str) for one in included):
        raise ScenarioError(f"{path.name}: include: a list of names is wanted")
    table: _Table = {}
    for one in included:
        table = _laid_over(table, _read(_find(one, path.parent), (*above, path)))
    return _laid_over(table, own)


def _laid_over(under: _Table, over: _Table) -> _Table:
    joined = dict(under)
    for key, value in over.items():
        below = joined.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            joined[key] = _laid_over(below, value)
        elif isinstance(below, list) and isinstance(value, list):
            joined[key] = [*below, *value]
        elif key == "title" and below:
            joined[key] = f"{below}; {value}"
        else:
            joined[key] = value
    return joined
