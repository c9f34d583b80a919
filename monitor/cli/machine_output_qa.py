"""What the commands for QA engineers print with ``--json``; what a child process read is taken over whole."""

from __future__ import annotations

from pydantic import JsonValue

from monitor.use_cases.models import Answer
from qa.results import CaseReplayed, EntryChecked, Masked


class Flow(Answer):
    """A flow that can be run by name; ``needs`` is the identity that must be signed in, null for nobody."""

    name: str
    title: str
    is_writing: bool
    needs: str | None


class FlowRun(Answer):
    """What a flow read or did.

    Attributes:
        has_findings: Whether somebody should look; the command then ends with 1.
        data: By flow: docs/qa.md.
    """

    flow: str
    has_findings: bool
    data: JsonValue


class Recorded(Answer):
    """A page saved as a case.

    Attributes:
        reading: What the page reads as, without its lists; null where it reads as no single thing.
    """

    folder: str
    masked: Masked
    reading: JsonValue


class Replayed(Answer):
    """Recorded pages read again; ``refused`` are addresses that were asked for and not recorded."""

    cases: tuple[CaseReplayed, ...]
    refused: tuple[str, ...]


class SelectorCheck(Answer):
    """How each entry of the catalog is found; ``patch`` proposes a change as a diff, null where none is needed."""

    entries: tuple[EntryChecked, ...]
    unreached: tuple[str, ...]
    patch: str | None
