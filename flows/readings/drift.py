"""Is it the page that changed, or what people wrote on it? Pure.

A renamed key, a moved element or a value of another type must never look like an edit. Three rules tell them apart:

- A value that was not read says nothing. When the rows of a page lose the same vital value at once, it is the page.
- An edit needs a witness: the site's own version number grew, or the review was published anew, and something changed
  with it. In three of three captured reviews an edit moved ``version``, ``updatedAt`` and ``publishedAt`` together.
- What contradicts the stored head without such a witness is a flag on that review. When the known rows of a reading
  contradict their heads in the same vital value as a body, it is the page.

The heads are the newest stored reading of each review; the rows are what one reading showed. Nothing here says what is
new or gone: only what may be believed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flows.readings.dates import touch
from flows.readings.models import VITAL, Photo, ReviewReading, TimeReading, ValueName
from flows.readings.opened_texts import goes_on
from flows.readings.text import comparable

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_COMPARED: tuple[ValueName, ...] = (
    "text",
    "rating",
    "published",
    "author",
    "item",
    "version",
    "edited",
    "status",
    "variants",
    "photos",
    "questions",
)
# An edit changes these; who wrote a review, and of what, stays.
_EDITABLE: frozenset[ValueName] = frozenset(
    {"text", "rating", "published", "edited", "version", "photos", "questions", "status", "variants"}
)
_CONTENT: frozenset[ValueName] = frozenset({"text", "rating", "photos", "questions"})
# Which source tells more of a review, best first.
_SOURCES: tuple[str, ...] = ("state_json", "cabinet_answer", "seller_api", "cabinet_page", "dom_attributes", "dom_text")
_LONGEST_SHOWN = 60
_SELF_CONTRADICTIONS = frozenset({"deleted", "rejected", "dates_disagree"})
_SELLERS = frozenset({"seller_api", "cabinet_page", "cabinet_answer"})

ID = "id"
"""What ``DriftVerdict.drifted_in`` names when the reviews' ids have another form than the stored ones."""


@dataclass(frozen=True)
class DriftVerdict:
    """What a reading may be believed to say about reviews that are stored.

    Attributes:
        drifted_in: The value in which the rows contradict the stored heads as a body: the page is broken, nothing of
            the reading may be stored; None where there is none.
        contradicting: How many rows do.
        compared: How many rows have a stored head.
        edited: Reviews whose author changed them, with a witness: a new version.
        completed: Reviews of which a lesser source was stored and a better one tells more: a new version, no edit.
        flags: What of a row must not be believed, by review: ``<value>_unread``, ``<value>_cut``, ``<value>_changed``.
            Such a row makes no version.
    """

    drifted_in: str | None = None
    contradicting: int = 0
    compared: int = 0
    edited: frozenset[str] = frozenset()
    completed: frozenset[str] = frozenset()
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def problem(self) -> str:
        """Says it in words; empty where the page is as it was."""
        if self.drifted_in is None:
            return ""
        told = f"{self.contradicting} of {self.compared} known reviews contradict what is stored of it"
        return f"drift: the page tells another {self.drifted_in!r} than before ({told})"


def find_lost_value(rows: Sequence[ReviewReading]) -> str:
    """Says which vital value the rows of one page lost at once; empty where none."""
    for name in VITAL:
        lost = sum(row.origin(name) == "unread" for row in rows)
        if _is_body(lost, len(rows)):
            return f"drift: {lost} of {len(rows)} rows do not tell their {name!r}{_shown(name, rows)}"
    return ""


def _shown(name: ValueName, rows: Sequence[ReviewReading]) -> str:
    """Says what stands where the date or the stars should be: it tells a moved element from a word not understood."""
    if name not in {"published", "rating"}:
        return ""
    shown = {row.published.raw if name == "published" else row.rating_raw for row in rows} - {""}
    return f"; not understood: «{min(shown)[:_LONGEST_SHOWN]}»" if shown else "; nothing is found where it should stand"


def judge_drift(heads: Mapping[str, ReviewReading], rows: Iterable[ReviewReading]) -> DriftVerdict:
    """Compares one reading with what is stored.

    Args:
        heads: The newest stored reading of each review, by its id; more than the rows' own do no harm.
        rows: What was read, from one source.

    Returns:
        The verdict. Without heads nothing can contradict; rows that are not known are flagged for what they lack.
    """
    edited: set[str] = set()
    completed: set[str] = set()
    flags: dict[str, tuple[str, ...]] = {}
    contradictions = Counter[str]()
    compared = strangers = 0
    expects_uuid7 = bool(heads) and all(_UUID7.fullmatch(review_id) for review_id in heads)
    listed = list(rows)
    for row in listed:
        head = heads.get(row.review_id)
        if head is None:
            is_strange = expects_uuid7 and not _UUID7.fullmatch(row.review_id)
            strangers += is_strange
            found = (*_unread(row), *(("id_changed",) if is_strange else ()))
        else:
            compared += 1
            told = _compare(head, row)
            contradictions.update(told.contradictions)
            found = told.flags
            edited.update({row.review_id} if told.is_edited else ())
            completed.update({row.review_id} if told.is_completed else ())
        if found:
            flags[row.review_id] = found
    if _is_body(strangers, len(listed)):
        return DriftVerdict(drifted_in=ID, contradicting=strangers, compared=len(listed), flags=flags)
    for name in VITAL:
        if _is_body(contradictions[name], compared, least=2):
            return DriftVerdict(drifted_in=name, contradicting=contradictions[name], compared=compared, flags=flags)
    return DriftVerdict(compared=compared, edited=frozenset(edited), completed=frozenset(completed), flags=flags)


def _is_body(count: int, of: int, *, least: int = 1) -> bool:
    """One row of many may be odd; half of them at once are the page's doing."""
    return count >= least and (count == of or (count > 1 and count * 2 >= of))


@dataclass(frozen=True)
class _Compared:
    flags: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    is_edited: bool = False
    is_completed: bool = False


def _compare(head: ReviewReading, row: ReviewReading) -> _Compared:
    unread = _unread(row)
    lost = tuple(name for name in VITAL if row.origin(name) == "unread" and head.was_read(name))
    changed = tuple(name for name in _COMPARED if _differs(name, head, row))
    flags = (*unread, *_renamed(head, row))
    may_be_kept = not any(row.origin(name) in {"unread", "cut"} for name in VITAL) and not _gainsays_itself(row)
    if not changed or _lags(head, row):
        is_opened = head.origin("text") == "cut" and row.was_read("text")
        return _Compared(flags, lost, is_completed=is_opened and not changed and may_be_kept)
    if _has_edit_witness(head, row, changed):
        firm = tuple(name for name in changed if name not in _EDITABLE)
        return _Compared((*flags, *_changed(firm)), (*lost, *firm), is_edited=may_be_kept and not firm)
    if may_be_kept and _SOURCES.index(row.source) < _SOURCES.index(head.source) and "author" not in changed:
        return _Compared(flags, is_completed=bool(_CONTENT.intersection(changed)))
    return _Compared((*flags, *_changed(changed)), (*lost, *changed))


def _lags(head: ReviewReading, row: ReviewReading) -> bool:
    """Whether a seller's list still shows what was there before the edit that the page has shown."""
    return row.source in _SELLERS and row.source != head.source and _is_later(row.published, head.published)


def _unread(row: ReviewReading) -> tuple[str, ...]:
    flags = [f"{name}_{origin}" for name, origin in row.origins.items() if origin in {"unread", "cut"}]
    return (*flags, *(flag for flag in row.flags if flag in _SELF_CONTRADICTIONS))


def _gainsays_itself(row: ReviewReading) -> bool:
    return any(flag in _SELF_CONTRADICTIONS for flag in row.flags)


def _renamed(head: ReviewReading, row: ReviewReading) -> tuple[str, ...]:
    """People rename and hide themselves without writing anew: worth a word, no contradiction."""
    if not head.was_read("author") or not row.was_read("author") or head.source != row.source:
        return ()
    is_same = (head.author_name, head.is_anonymous) == (row.author_name, row.is_anonymous)
    return () if is_same else ("author_renamed",)


def _changed(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{name}_changed" for name in names)


def _has_edit_witness(head: ReviewReading, row: ReviewReading, changed: Sequence[ValueName]) -> bool:
    moved = [name for name in changed if name not in {"version", "status", "variants"}]
    if head.was_read("version") and row.was_read("version"):
        return row.version > head.version and bool(moved)
    if row.source in _SELLERS or _is_exact(head.published, row.published):
        return _is_later(head.published, row.published) and bool(_CONTENT.intersection(changed))
    is_marked = row.is_edited and not head.is_edited
    was_before = _is_later(row.published, head.published)
    return (is_marked or _is_later(head.published, row.published)) and not was_before and bool(moved)


def _is_exact(*moments: TimeReading) -> bool:
    return all(moment.basis in {"unix_seconds", "iso_time"} for moment in moments)


def _is_later(before: TimeReading, after: TimeReading) -> bool:
    return before.latest is not None and after.earliest is not None and after.earliest > before.latest


def _differs(name: ValueName, head: ReviewReading, row: ReviewReading) -> bool:
    """Whether two readings that both tell a value contradict each other."""
    if name == "edited" and (head.has_unread_mark or row.has_unread_mark):
        return False
    if not head.was_read(name) or not row.was_read(name):
        return name == "text" and _is_other_beginning(head, row)
    if name in _DIFFERENT:
        return _DIFFERENT[name](head, row)
    return bool(getattr(head, name) != getattr(row, name))


def _is_other_edit(head: ReviewReading, row: ReviewReading) -> bool:
    return head.is_edited != row.is_edited or (head.source == row.source and head.edited != row.edited)


def _is_other_item(head: ReviewReading, row: ReviewReading) -> bool:
    return bool(head.item_id and row.item_id) and head.item_id != row.item_id


def _is_other_text(head: ReviewReading, row: ReviewReading) -> bool:
    stored, shown = comparable(head.text), comparable(row.text)
    if row.source in _SELLERS and row.source != head.source:
        # The seller's lists tell one part of what the page tells in three.
        return shown not in stored
    return stored != shown


def _is_other_beginning(head: ReviewReading, row: ReviewReading) -> bool:
    """A text that was cut contradicts another when it is not its beginning."""
    if "cut" not in {head.origin("text"), row.origin("text")} or "unread" in {head.origin("text"), row.origin("text")}:
        return False
    short, long = sorted((head.text, row.text), key=lambda text: len(comparable(text)))
    return not goes_on(short, long)


def _are_other_photos(head: ReviewReading, row: ReviewReading) -> bool:
    return [_name_photo(one) for one in head.photos] != [_name_photo(one) for one in row.photos]


def _name_photo(photo: Photo) -> tuple[str, str, str]:
    """Names a picture by its kind, its id and its file: hosts and queries change by themselves."""
    return photo.kind, photo.media_id, photo.url.partition("?")[0].rpartition("/")[2]


def _is_other_author(head: ReviewReading, row: ReviewReading) -> bool:
    """People rename themselves; the site's id of them stays."""
    if head.author_id and row.author_id:
        return head.author_id != row.author_id
    if head.author_id and row.origin("author") == "state":
        return True
    return bool(row.author_name) and comparable(head.author_name) != comparable(row.author_name)


_DIFFERENT: Mapping[ValueName, Callable[[ReviewReading, ReviewReading], bool]] = {
    "text": _is_other_text,
    "published": lambda head, row: not touch(head.published, row.published),
    "author": _is_other_author,
    "item": _is_other_item,
    "edited": _is_other_edit,
    "variants": lambda head, row: (head.item_name, head.variants) != (row.item_name, row.variants),
    "photos": _are_other_photos,
}
