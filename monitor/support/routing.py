"""Which class of complaint goes where, as data with its source; beside it, what worked for this seller. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows.plain_toml import read_toml
from monitor.closed_lists.contact_kinds import Direction, Saying, Way
from monitor.state.contacts import ContactRecord
from monitor.support.law.marks import Mark

_DATA = Path(__file__).parent / "data" / "routing.toml"
_MOST_BYTES = 100_000
FEWEST_FOR_A_RATE = 10
"""Below so many tries a share says nothing: counts are shown instead."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Route(_Data):
    """One class of complaint.

    Attributes:
        grounds: Grounds of the site's rules that belong to it.
        handler: Who handles it at the platform; empty where nobody has seen it.
        ways: Best first, by judgement; the order never changes by itself.
        branch: The way through the bot's menu as somebody saw it; empty where nobody did.
    """

    id: str = Field(pattern=r"^[a-z_]+$")
    title: str
    grounds: tuple[str, ...]
    handler: str
    ways: tuple[Way, ...]
    branch: str
    mark: Mark
    source: str


class Circulating(_Data):
    """Something that is told about a way and contradicts itself, so that it is never printed as a number."""

    way: Way
    what: str
    mark: Mark


class Routing(_Data):
    """All classes, and what circulates about numbers."""

    seen_on: date
    route: tuple[Route, ...]
    circulating: tuple[Circulating, ...]

    def of_ground(self, ground: str) -> Route | None:
        """Returns the class of a ground; None where none is named."""
        return next((one for one in self.route if ground and ground in one.grounds), None)


class WayCount(_Data):
    """What became of a way in one class of this seller's cases: matters taken up, answered, decided."""

    way: Way
    tried: int
    answered: int
    upheld: int
    refused: int

    @property
    def tells_a_rate(self) -> bool:
        """Whether there are enough tries for a share."""
        return self.tried >= FEWEST_FOR_A_RATE


@lru_cache(maxsize=1)
def load_routing() -> Routing:
    """Reads the routing that comes with the program.

    Raises:
        ValueError: it is not as it has to be.
    """
    try:
        return Routing.model_validate(read_toml(_DATA, max_bytes=_MOST_BYTES))
    except ValidationError as error:
        raise ValueError(f"{_DATA}: {error}") from error


def count_ways(contacts: Iterable[ContactRecord], class_of: Mapping[str, str]) -> dict[tuple[str, Way], WayCount]:
    """Counts what worked for a seller, by class and way; a matter is one case on one way.

    Args:
        contacts: All contacts of an account; those struck out count for nothing.
        class_of: The class of each case by its id; cases without one are left out.
    """
    matters: dict[tuple[str, Way, str], list[ContactRecord]] = {}
    for one in contacts:
        if one.struck_at is None and (name := class_of.get(one.case_id)):
            matters.setdefault((name, one.way, one.case_id), []).append(one)
    found: dict[tuple[str, Way], list[tuple[bool, bool, bool]]] = {}
    for (name, way, _), entries in matters.items():
        says = {one.says for one in entries}
        ours = [one.happened_at for one in entries if one.direction is Direction.OUT]
        answered = bool(ours) and any(_answers(one) and one.happened_at >= min(ours) for one in entries)
        found.setdefault((name, way), []).append((answered, Saying.UPHELD in says, Saying.REFUSED in says))
    return {
        key: WayCount(
            way=key[1],
            tried=len(rows),
            answered=sum(row[0] for row in rows),
            upheld=sum(row[1] for row in rows),
            refused=sum(row[2] for row in rows),
        )
        for key, rows in found.items()
    }


def _answers(one: ContactRecord) -> bool:
    """Whether the platform spoke: also in a call of ours."""
    return one.direction is Direction.IN or (one.way is Way.CALL and bool(one.says or one.promised))
