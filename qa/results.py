"""What the QA tools found, as values. Imports no browser: the command line uses them too."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Reading = Literal["as_expected", "differs", "no_expectation"]
FlowEnd = Literal["done", "met", "failed", "not_run"]


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Differs(_Result):
    """One value that was read otherwise than it was expected.

    Attributes:
        row: The review (order, appeal, product) by the site's id; empty: the page as a whole.
        field: Which value; of a row that is there once only, the list it stands in.
        was: What was expected, as JSON; null where nothing was.
        now: What was read; null where nothing was.
    """

    row: str
    field: str
    was: str | None
    now: str | None


class CaseReplayed(_Result):
    """One recorded page, read again.

    Attributes:
        reading: How the pure reading compares with what was expected.
        flow: How the page's flow ended; ``met`` is a wall or a missing page that the record itself shows.
        detail: What the flow read or met, in words; null where it was not run.
        differences: In what the pure reading differs; ``differences_left_out`` more are not told.
    """

    case: str
    reading: Reading
    flow: FlowEnd = "not_run"
    detail: str | None = None
    differences: tuple[Differs, ...] = ()
    differences_left_out: int = 0

    @property
    def is_finding(self) -> bool:
        """Whether somebody should look."""
        return self.reading == "differs" or self.flow == "failed"


class Replay(_Result):
    """Recorded pages, read again; ``refused`` are addresses that were asked for and not recorded."""

    cases: tuple[CaseReplayed, ...]
    refused: tuple[str, ...]


class EntryChecked(_Result):
    """One entry of a catalog, looked for.

    Attributes:
        entry: ``page.entry``.
        state: ``primary``, ``fallback``, ``missing``, ``ambiguous`` or ``not_asked``.
        counts: How many elements each candidate finds, in order.
        drift: What changed since the last good snapshot; null when nothing did.
        proposal: A candidate, as TOML, that finds what seems to be the element now.
        is_finding: Whether somebody should look.
    """

    entry: str
    state: str
    use: str
    is_required: bool
    counts: tuple[int, ...]
    drift: str | None
    proposal: str | None
    is_finding: bool


class SelectorReport(_Result):
    """How each entry of a catalog is found; ``patch`` proposes a change as a diff, null where none is needed."""

    entries: tuple[EntryChecked, ...]
    unreached: tuple[str, ...]
    patch: str | None


class Masked(_Result):
    """How many values of each kind were masked in a recorded page."""

    names: int
    identifiers: int
