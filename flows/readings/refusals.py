"""What the answer to the request that files says of itself: some sites refuse with a status of success."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.readings.document import parse_json
from flows.readings.text import plain

if TYPE_CHECKING:
    from flows.catalog.channel_spec import ChannelSpec

_LONGEST = 300  # characters
_NOWHERE = object()


def read_refusal(body: bytes, spec: ChannelSpec) -> str | None:
    """Reads the refusal of an answer, in the site's words where it has any; None where it is none that is described."""
    if not spec.refusals:
        return None
    answer = parse_json(body.decode("utf-8", "replace"))
    for refusal in spec.refusals:
        found = at_path(answer, refusal.path)
        if found == refusal.equals and type(found) is type(refusal.equals):
            said = at_path(answer, refusal.message) if refusal.message is not None else ""
            words = " ".join(plain(said).text.split())[:_LONGEST] if isinstance(said, str) else ""
            return words or f"the answer says {refusal.path} = {found}"
    return None


def at_path(value: object, path: str, nowhere: object = _NOWHERE) -> object:
    """Follows a dotted path into JSON; ``nowhere`` where it leads nowhere."""
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return nowhere
        value = value[key]
    return value
