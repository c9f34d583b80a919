"""What a page handler may do to the wire instead of answering well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WireFaultKind = Literal["fin", "rst", "hang", "partial", "chunk_cut", "gzip_cut", "timeout_408"]


@dataclass
class WireFault(Exception):
    """Raised by a handler: the host does this to the connection and sends no answer.

    Attributes:
        kind: ``fin`` closes, ``rst`` resets, ``hang`` never answers, ``partial`` cuts the body after six of
            500 bytes (``chunk_cut`` after one chunk, ``gzip_cut`` in the middle of the coding), ``timeout_408`` answers
            408 and closes.
        hold_s: Seconds to wait first; a client that leaves meanwhile ends it.
    """

    kind: WireFaultKind
    hold_s: float = 0.0
