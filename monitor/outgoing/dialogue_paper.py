"""The dialogue of a case on paper: every contact with its entry of the log, for a bundle and for reading."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from zoneinfo import ZoneInfo

from evidence_store.act import page
from evidence_store.errors import EvidenceError
from evidence_store.markup import shown, table
from monitor.closed_lists.contact_kinds import Saying, Speaker
from monitor.outgoing.contact_lines import tell_turn
from monitor.state import State, Transaction
from monitor.state.cases import CaseRecord
from monitor.state.contacts import ContactRecord
from monitor.state.text import JsonValue
from monitor.support.contact_words import DIRECTIONS, SAYINGS, SPEAKERS, WAYS
from monitor.support.noting import NOTED
from monitor.support.standing import dialogue_of

NAME, TITLE = "perepiska", "Переписка и звонки по делу"
_LONG = 2_000  # characters of one contact on paper; the whole is in the log


def write_dialogue(state: State, case: CaseRecord, zone: str) -> str:
    """Returns the dialogue as a page; empty where there was no contact.

    Args:
        state: The store.
        case: The case.
        zone: In whose time moments are told.
    """
    with state.read() as tx:
        dialogue = dialogue_of(tx, case)
        entries = _entries(tx, case)
        now = tx.now()
    if not dialogue.contacts:
        return ""
    tz = ZoneInfo(zone)
    turn = tell_turn(dialogue.turn, dialogue.due_at, is_overdue=dialogue.is_turn_overdue(now), zone=zone)
    rows = ((*_cells(one, tz), _entry_cell(entries, one)) for one in dialogue.contacts)
    body = f"""<h1>{TITLE}</h1>
<p>Отзыв № {shown(case.review_id)}, дело {escape(case.id)}. Составлено {now.astimezone(tz):%d.%m.%Y %H:%M}, время по
зоне {escape(zone)}. {escape(turn)}.</p>
{table(("Когда", "Как и кто", "Что", "Файлы", "Журнал"), rows, short=(0, 4))}
<p>Строки внёс человек или прочла программа; журнал говорит, кто и когда. Имя собеседника и адрес отправителя ничего не
доказывают. Файлы лежат в пакете под своим SHA-256.</p>"""
    return page(TITLE, body)


def _entries(tx: Transaction, case: CaseRecord) -> dict[str, int]:
    found: dict[str, int] = {}
    # An entry is found by its first subject, which is the review.
    for row in tx.journal.about(case.account_id, case.review_id):
        if row.action != NOTED:
            continue
        try:
            body = row.to_entry().read_body()
        except EvidenceError:
            continue  # `evidence verify` names it
        if body is not None:
            found[str(body.inputs.get("contact"))] = row.seq
    return found


def _cells(one: ContactRecord, zone: ZoneInfo) -> tuple[str, ...]:
    how = [WAYS[one.way].word, DIRECTIONS[one.direction].word]
    how += [f"№ {one.number}"] if one.number else []
    how += [f"продолжает № {one.earlier_number}"] if one.earlier_number else []
    how += [one.who] if one.who else []
    how += [SPEAKERS[one.speaker].word] if one.speaker is not Speaker.UNKNOWN else []
    how += [one.address] if one.address else []
    what = [one.text if len(one.text) <= _LONG else f"{one.text[: _LONG - 1]}…"] if one.text else []
    what += [f"[{SAYINGS[one.says].word}]"] if one.says is not Saying.NOTHING else []
    what += [f"Обещано: {one.promised}"] if one.promised else []
    what += [f"Срок: {one.due_at.astimezone(zone):%d.%m.%Y %H:%M}"] if one.due_at else []
    what += [f"Длительность: {one.seconds // 60} мин {one.seconds % 60:02d} с"] if one.seconds is not None else []
    if one.struck_at is not None:
        what.insert(0, f"ЗАПИСЬ ОШИБОЧНА ({one.struck_at.astimezone(zone):%d.%m.%Y %H:%M}): {one.struck_why}")
    when = f"{one.happened_at.astimezone(zone):%d.%m.%Y %H:%M}"
    return (when, shown(", ".join(how)), shown("\n".join(what)), _files(one.files))


def _files(files: JsonValue) -> str:
    stored: Sequence[JsonValue] = files if isinstance(files, list) else ()
    told = [f"{one.get('name', '')} {one.get('sha256', '')}" for one in stored if isinstance(one, dict)]
    return "<br>".join(shown(one) for one in told)


def _entry_cell(entries: dict[str, int], one: ContactRecord) -> str:
    seq = entries.get(one.id)
    return f"запись {seq}" if seq is not None else "удалена по сроку"
