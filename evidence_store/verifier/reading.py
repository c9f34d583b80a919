"""Bytes in, values out: canonical JSON and nothing else, of a known shape and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from evidence_store.verifier.rules import BAD, CANNOT_JUDGE, DAMAGE, GAP, GOOD, NO_KEY, NOTE, OPEN, RULES, UNJUDGED

ZERO = "sha256:" + "0" * 64
LARGEST_NUMBER = 2**53 - 1
DEEPEST = 40
LARGEST_JSON = 2**25  # bytes of one value; Python needs thirty times as many to hold it
MOST_FINDINGS = 1000  # but notes; a hostile bundle has as many as lines
NOT_JSON = "не канонический JSON"

# Shapes: a word names a pattern below; [shape] is a list; {key: shape} an object with exactly these keys. A key with
# "?" may be absent, a word with "?" may be null, and the key "*" allows further keys.
PATTERNS = {
    "digest": r"sha256:[0-9a-f]{64}",
    "chain": r"[0-9a-f]{32}",
    "key": r"[0-9a-f]{64}",
    "signature": r"[0-9a-f]{128}",
    "moment": r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"\.[0-9]{6}Z",
    "path": r"[0-9A-Za-z_-][0-9A-Za-z._-]*(/[0-9A-Za-z_-][0-9A-Za-z._-]*)*",
    "text": r"[\s\S]*",
}
SUBJECT_SHAPE = {"kind": "text", "id": "text"}
HEAD_SHAPE = {"chain": "chain", "seq": "count", "digest": "digest", "count": "count"}
SIGNATURE_SHAPE = {"algorithm": "text", "purpose": "text", "public_key": "key", "value": "signature"}
HEADER_SHAPE = {"format": "text", "chain": "chain", "seq": "count", "prev": "digest", "body_digest": "digest"}
LINE_SHAPE = {"header": HEADER_SHAPE, "digest": "digest", "body": "any"}
BODY_SHAPE = {
    "format": "text",
    "at": "moment",
    "actor": "any",
    "account": "text?",
    "action": "text",
    "inputs": {"*": "any"},
    "outputs": {"*": "any"},
    "artifacts": ["digest"],
    "software": "any",
    "subjects": [SUBJECT_SHAPE],
    "fence": "any",
    "purges": ["count"],
    "salt": "text",
}
CHECKPOINT_SHAPE = {
    "checkpoint": {
        "format": "text",
        "installation": "text",
        "number": "count",
        "at": "moment",
        "heads": [HEAD_SHAPE],
        "previous": "digest",
        "epoch": "count",
        "software": "any",
    },
    "signature": SIGNATURE_SHAPE,
    "time_stamps": "any",
}
CONTINUATION_SHAPE = {
    "format": "text",
    "installation": "text",
    "created": "moment",
    "bundle": "digest",
    "headers": [HEADER_SHAPE],
}
CAPTURE_SHAPE = {
    "format": "text",
    "subject": {"review_id": "text?", "case_id": "text?", "*": "any"},
    "times": {"started": "moment", "finished": "moment", "*": "any"},
    "artifacts": [{"kind": "text", "digest": "digest", "size": "count", "*": "any"}],
    "is_partial": "flag",
    "previous": "digest?",
    "*": "any",
}
OLD_BUNDLE_SHAPE = {
    "format": "text",
    "case_id": "text",
    "title": "text",
    "created": "moment",
    "exported_by": "any",
    "installation": "text",
    "variant": "text",
    "software": "any",
    "files": [{"path": "path", "digest": "digest", "size": "count", "what": "text", "is_derived": "flag"}],
    "captures": [{"moment": "text", "path": "path", "digest": "digest"}],
    "withheld": [{"digest": "digest", "kind": "text", "reason": "text", "replaced_by": "path?"}],
    "time_stamps?": [{"path": "path", "authority": "text", "at": "moment", "covers": "text", "over": "digest"}],
    "heads": [HEAD_SHAPE],
    "missing": ["text"],
    "does_not_prove": ["text"],
    "third_party_time?": "text",
}
BUNDLE_SHAPE = {**OLD_BUNDLE_SHAPE, "account": "text", "subjects": [SUBJECT_SHAPE]}


class Unreadable(Exception):
    """Something is not in the form it must have; the text says what."""


class Enough(Exception):
    """So much was found that the rest would tell the reader nothing more."""


class Report:
    """Collects what was found; checks go on after a finding, until there are too many.

    Args:
        keys: Public keys that the reader brought from elsewhere; with one of them, a gap is damage.
    """

    def __init__(self, keys: tuple[str, ...] = ()) -> None:
        self.keys = keys
        self.findings: list[tuple[str, str, str, str]] = []  # level, code, item, text
        self.serious = 0  # findings that are no notes
        self.files = 0
        self.list_digest = ""

    def add(self, code: str, item: str, **values: object) -> None:
        """Adds one finding.

        Raises:
            Enough: there are too many; the last one says so.
        """
        level, text = RULES[code]
        if level == GAP:
            level = DAMAGE if self.keys else CANNOT_JUDGE
        self.serious += level != NOTE
        if self.serious <= MOST_FINDINGS:
            self.findings.append((level, code, item, text.format(**values)))
            return
        if self.serious == MOST_FINDINGS + 1:
            level, text = RULES["too-many"]
            self.findings.append((level, "too-many", "пакет", text.format(count=MOST_FINDINGS)))
        raise Enough

    @property
    def exit_code(self) -> int:
        """0: all holds under the reader's key; 1: damage; 3: nothing was found, and not all is proven."""
        levels = [level for level, _, _, _ in self.findings]
        return 1 if DAMAGE in levels else 3 if CANNOT_JUDGE in levels or not self.keys else 0

    @property
    def verdict(self) -> str:
        """The last line, one sentence for each end."""
        if self.exit_code == 0:
            return GOOD
        if self.exit_code == 1:
            return BAD.format(count=sum(level == DAMAGE for level, _, _, _ in self.findings))
        return OPEN.format(why=UNJUDGED if self.keys else NO_KEY)


def digest_of(data: bytes) -> str:
    """Returns the printed digest of bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """Returns the canonical bytes of a value read from JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def read_value(data: bytes | None, shape: Any) -> Any:
    """Reads JSON that must be canonical and of this shape.

    Raises:
        Unreadable: it is not; the text says where it differs.
    """
    if len(data or b"") > LARGEST_JSON:
        raise Unreadable(NOT_JSON)
    try:
        value = json.loads(
            (data or b"").decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=_refuse,
            parse_constant=_refuse,
            parse_int=_small,
        )
        _require_plain(value, 0)
        is_canonical = canonical(value) == data
    except (ValueError, RecursionError) as error:
        raise Unreadable(NOT_JSON) from error
    if not is_canonical:
        raise Unreadable(NOT_JSON)
    place = misfit(value, shape)
    if place is not None:
        raise Unreadable("не та структура" + place)
    return value


def misfit(value: Any, shape: Any) -> str | None:
    """Returns the place where a value is not of a shape, None when it is."""
    if isinstance(shape, str):
        return None if _is(value, shape) else ""
    if isinstance(shape, list):
        return _misfit_of_list(value, shape[0])
    return _misfit_of_object(value, shape)


def seconds_of(moment: str) -> int:
    """Returns a printed moment as whole seconds since an epoch of its own; only differences mean something."""
    year, month, day = int(moment[:4]), int(moment[5:7]), int(moment[8:10])
    year, month = (year, month) if month > 2 else (year - 1, month + 12)
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day
    return ((days * 24 + int(moment[11:13])) * 60 + int(moment[14:16])) * 60 + int(moment[17:19])


def _is(value: Any, word: str) -> bool:
    if word.endswith("?"):
        return value is None or _is(value, word[:-1])
    if word == "flag":
        return isinstance(value, bool)
    if word == "count":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return word == "any" or (isinstance(value, str) and re.fullmatch(PATTERNS[word], value) is not None)


def _misfit_of_list(value: Any, shape: Any) -> str | None:
    if not isinstance(value, list):
        return ""
    for number, item in enumerate(value):
        place = misfit(item, shape)
        if place is not None:
            return f"[{number}]{place}"
    return None


def _misfit_of_object(value: Any, shape: Any) -> str | None:
    if not isinstance(value, dict):
        return ""
    known = set()
    for key, inner in shape.items():
        name = key[:-1] if key.endswith("?") else key
        known.add(name)
        if name == "*" or (key.endswith("?") and name not in value):
            continue
        place = misfit(value[name], inner) if name in value else ""
        if place is not None:
            return f".{name}{place}"
    strangers = sorted(set(value) - known)
    return f".{strangers[0]}" if strangers and "*" not in known else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs) or any(re.fullmatch(r"[ -~]+", key) is None for key in result):
        raise Unreadable(NOT_JSON)
    return result


def _refuse(_text: str) -> None:
    raise Unreadable(NOT_JSON)


def _small(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST_NUMBER:
        raise Unreadable(NOT_JSON)
    return int(text)


def _require_plain(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise Unreadable(NOT_JSON)
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            _require_plain(item, depth + 1)
