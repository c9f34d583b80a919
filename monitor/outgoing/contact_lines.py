"""A contact of the dialogue as one step of a story, told from its entry of the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from evidence_store.journal import EntryBody
from monitor.closed_lists.contact_kinds import Direction, Saying, Speaker, Turn, Way
from monitor.language.plain_text import show
from monitor.language.words import Tone, Words
from monitor.state.text import JsonValue
from monitor.support.contact_words import DIRECTIONS, SAYINGS, SPEAKERS, TURNS, WAYS, tell_letter_answer

_LONGEST_SHOWN = 600  # characters of a contact's text in a story; the dialogue's own paper has all of them


def title_of_contact(body: EntryBody) -> Words:
    """Returns how a contact is called in a story, and how it feels."""
    inputs = body.inputs
    says = Saying(str(inputs.get("says", "")))
    way, direction = Way(str(inputs["way"])), Direction(str(inputs["direction"]))
    words = f"{WAYS[way].title}: {DIRECTIONS[direction].word}"
    if says is not Saying.NOTHING:
        words += f", {SAYINGS[says].word}"
    tone = SAYINGS[says].tone if says is not Saying.NOTHING else Tone.GO if direction is Direction.OUT else Tone.WAIT
    return Words(words, words, tone)


def moment_of_contact(body: EntryBody) -> datetime:
    """Returns when a contact happened; it was noted at the entry's own moment."""
    return datetime.fromisoformat(str(body.inputs["happened_at"]))


def detail_of_contact(inputs: Mapping[str, JsonValue], zone: str) -> str:
    """Returns what a contact says, in one paragraph."""
    text = {key: str(value) for key, value in inputs.items() if isinstance(value, str) and value}
    parts = [f"№ {text['number']}"] if "number" in text else []
    if "earlier_number" in text:
        parts.append(f"продолжает № {text['earlier_number']}")
    speaker = Speaker(text.get("speaker", Speaker.UNKNOWN.value))
    who = show(text["who"], one_line=True, limit=80) if "who" in text else ""
    if who or speaker is not Speaker.UNKNOWN:
        parts.append(", ".join(filter(None, (who, SPEAKERS[speaker].word if speaker is not Speaker.UNKNOWN else ""))))
    if "address" in text:
        parts.append(show(text["address"], one_line=True, limit=80))
    seconds = inputs.get("seconds")
    if isinstance(seconds, int):
        parts.append(f"{seconds // 60} мин {seconds % 60:02d} с")
    if "text" in text:
        parts.append(f"«{show(text['text'], limit=_LONGEST_SHOWN)}»")
    if "promised" in text:
        parts.append(f"обещано: {show(text['promised'], limit=_LONGEST_SHOWN)}")
    if "due_at" in text:
        parts.append(f"срок: {datetime.fromisoformat(text['due_at']).astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M}")
    files = inputs.get("files")
    names = [str(one.get("name", "")) for one in files if isinstance(one, dict)] if isinstance(files, list) else []
    if names:
        parts.append("файлы: " + ", ".join(show(name, one_line=True, limit=60) for name in names))
    return "; ".join(parts)


def detail_of_strike(inputs: Mapping[str, JsonValue]) -> str:
    """Returns why an entry was called wrong."""
    return show(str(inputs.get("why", "")), limit=_LONGEST_SHOWN)


def detail_of_letter(body: EntryBody) -> str:
    """Returns to whom a letter goes and about what, or what the server said."""
    told = [str(body.inputs.get(name, "")) for name in ("to_address", "subject")] + [
        tell_letter_answer(str(body.outputs.get("answer", "")), in_russian=True)
    ]
    return show("; ".join(filter(None, told)), limit=_LONGEST_SHOWN)


def detail_of_word(inputs: Mapping[str, JsonValue]) -> str:
    """Returns a person's word on what a contact says, and whose turn it is after it."""
    says, turn = Saying(str(inputs.get("says", ""))), Turn(str(inputs["turn"]))
    return f"{SAYINGS[says].word}; {TURNS[turn].word}"


def tell_turn(turn: Turn, due_at: datetime | None, *, is_overdue: bool, zone: str) -> str:
    """Says whose turn it is and until when."""
    words = TURNS[turn].title
    if due_at is None or turn is Turn.NOBODY:
        return words
    moment = f"{due_at.astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M}"
    return f"{words}, срок прошёл {moment}" if is_overdue else f"{words}, срок {moment}"
