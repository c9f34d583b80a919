"""Messages into a ticket and its answers: approved by hash, once, unknown where nothing proves it, filed once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from flows.readings.chat import ChatReading, ShownMessage
from flows.readings.chat_api import ApiMessage
from monitor.cases.casework import name_older_ticket, open_case_file
from monitor.closed_lists.contact_kinds import Direction, LetterState, Turn, Way
from monitor.custody.checking import check_evidence
from monitor.errors import IllegalTransition, NotApproved, SettingsError, UsageError
from monitor.state import Lease, Transaction
from monitor.state.contacts import ContactRecord
from monitor.state.letters import LetterRecord
from monitor.support.chat import find_waiting, note_shown
from monitor.support.chat_answers import match_chat, note_answers
from monitor.support.chat_path import load_path, path_file, save_path
from monitor.support.letters import abandon_letters, release_letter, settle_letter, take_letter
from monitor.support.standing import dialogue_of
from monitor.support.tickets import find_tickets, newest_ticket
from tests.appeal_world import ACCOUNT
from tests.unit.monitor.case_world import REVIEW, World, make_world

NUMBER, TEXT = "73712587", "Прошу проверить отзыв: он не о нашем товаре, доказательства приложены."


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def approved(world: World, text: str = TEXT, number: str = NUMBER) -> LetterRecord:
    world.run("support", "chat", "draft", REVIEW, "--number", number, "--text", text)
    with world.installation.state.read() as tx:
        letter = tx.letters.of_account(ACCOUNT)[-1]
    world.run("support", "letter", "approve", letter.id, "--hash", letter.letter_hash)
    return letter


def lease_of(world: World) -> Lease:
    return world.installation.state.acquire(ACCOUNT, "test", timedelta(minutes=5))


def state_of(world: World, letter: LetterRecord) -> LetterState:
    with world.installation.state.read() as tx:
        found = tx.letters.get(letter.id)
    assert found is not None
    return found.state


def waiting(world: World) -> list[str]:
    with world.installation.state.read() as tx:
        return [one.id for one in find_waiting(tx, ACCOUNT)]


def send(world: World, letter: LetterRecord, lease: Lease, *, was_taken: bool | None) -> LetterRecord:
    state = world.installation.state
    released = release_letter(state, take_letter(state, letter.id, lease), lease)
    return settle_letter(state, released, lease, was_taken=was_taken, answer="said")


def shown(*messages: tuple[bool, str], number: str = NUMBER) -> ChatReading:
    return ChatReading(
        chat_id="a", numbers=(number,), messages=tuple(ShownMessage(mine, (text,), 0) for mine, text in messages)
    )


def answers(world: World) -> list[ContactRecord]:
    with world.installation.state.read() as tx:
        return [one for one in tx.contacts.of_case(world.case.id) if one.direction is Direction.IN]


def test_a_message_goes_one_way_only_and_joins_the_dialogue_when_the_chat_shows_it(
    world: World, tmp_path: Path
) -> None:
    letter = approved(world)
    assert letter.way is Way.CHAT
    with pytest.raises(UsageError, match="goes into the chat"):
        world.run("support", "letter", "send", letter.id)
    with pytest.raises(UsageError, match="goes into the chat"):
        world.run("support", "letter", "save", letter.id, "--out", tmp_path / "x.eml")
    lease = lease_of(world)
    assert send(world, letter, lease, was_taken=True).state is LetterState.SENT
    with pytest.raises(IllegalTransition):
        take_letter(world.installation.state, letter.id, lease)
    with world.installation.state.read() as tx:
        (contact,) = tx.contacts.of_case(world.case.id)
        assert (contact.way, contact.number, contact.text) == (Way.CHAT, NUMBER, TEXT)
        assert find_tickets(tx, ACCOUNT) == {NUMBER: world.case.id}
    world.installation.state.release(lease)
    assert check_evidence(world.installation).damage == ()


def test_another_text_number_or_kind_of_message_is_another_approval(world: World) -> None:
    letter = approved(world)
    for column, value in (("text", "другое"), ("to_address", "73712588"), ("template", "chat-choice")):
        with world.installation.state.transaction() as tx:
            tx.letters.change(tx.letters.get(letter.id) or letter, **{column: value})
        with pytest.raises(NotApproved):
            take_letter(world.installation.state, letter.id, lease := lease_of(world))
        world.installation.state.release(lease)
        with world.installation.state.transaction() as tx:
            tx.letters.change(tx.letters.get(letter.id) or letter, **{column: getattr(letter, column)})


@pytest.mark.parametrize("number", ["№", "12", "7371 2587", "73712587; 73712588"])
def test_what_is_no_ticket_s_number_is_refused(world: World, number: str) -> None:
    with pytest.raises(UsageError, match="no ticket's number"):
        world.run("support", "chat", "draft", REVIEW, "--number", number, "--text", TEXT)


def test_after_an_unknown_message_nothing_goes_into_its_ticket_until_the_chat_shows_it(world: World) -> None:
    first, second, other = approved(world), approved(world, "Ещё одно."), approved(world, number="73712588")
    lease = lease_of(world)
    assert send(world, first, lease, was_taken=None).state is LetterState.UNKNOWN
    assert waiting(world) == [other.id]
    note_shown(world.installation.state, world.case, NUMBER, shown((False, "Опишите вопрос")), lease=lease)
    assert state_of(world, first) is LetterState.UNKNOWN
    note_shown(world.installation.state, world.case, NUMBER, shown((True, TEXT), number="73712588"), lease=lease)
    assert state_of(world, first) is LetterState.UNKNOWN, "another ticket's page proves nothing"
    note_shown(world.installation.state, world.case, NUMBER, shown((True, TEXT)), lease=lease)
    assert state_of(world, first) is LetterState.SENT
    assert waiting(world) == [second.id, other.id]


@pytest.mark.parametrize("is_released", [False, True])
def test_what_a_dead_visit_left_is_unknown_also_before_the_release(world: World, is_released: bool) -> None:
    letter, state = approved(world), world.installation.state
    dead = lease_of(world)
    taken = take_letter(state, letter.id, dead)
    if is_released:
        release_letter(state, taken, dead)
    state.release(dead)
    abandon_letters(state, lease_of(world))
    assert state_of(world, letter) is LetterState.UNKNOWN, "nobody vouches that the gate sees every request"


def test_a_number_that_only_a_person_typed_is_not_the_newest_ticket(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    send(world, approved(world), lease_of(world), was_taken=True)
    world.run("support", "note", REVIEW, "--way", "chat", "--direction", "out", "--number", "99999999", "--text", "?")
    capsys.readouterr()
    world.run("support", "chat", "draft", REVIEW, "--text", "Прошу ответить")
    assert f"Обращение №{NUMBER}" in capsys.readouterr().out


def test_a_dropped_message_waits_no_more_and_its_mistyped_number_is_no_ticket(world: World) -> None:
    mistyped = approved(world, number="99999999")
    assert waiting(world) == [mistyped.id]
    world.run("support", "letter", "drop", mistyped.id, "--why", "номер не тот")
    assert waiting(world) == []
    with world.installation.state.read() as tx:
        assert find_tickets(tx, ACCOUNT) == {}
    assert check_evidence(world.installation).damage == ()


def test_a_ticket_that_an_appeal_opened_stays_one_when_its_first_message_is_dropped(world: World) -> None:
    first = approved(world)
    world.run("support", "letter", "drop", first.id, "--why", "лишнее")
    with world.installation.state.read() as tx:
        opened = SimpleNamespace(
            letters=tx.letters,
            contacts=tx.contacts,
            appeals=SimpleNamespace(of_account=lambda _: [SimpleNamespace(case_id=world.case.id, number=NUMBER)]),
        )
        assert find_tickets(cast("Transaction", opened), ACCOUNT) == {NUMBER: world.case.id}


def test_what_is_read_at_once_stands_in_the_order_of_the_page(world: World) -> None:
    letter, lease = approved(world), lease_of(world)
    send(world, letter, lease, was_taken=True)
    said = ["Здравствуйте", "Уточняем", "Ещё минуту", "Проверили", "Отзыв остаётся", "Всего доброго"]
    note_shown(world.installation.state, world.case, NUMBER, shown(*((False, one) for one in said)), lease=lease)
    assert [one.text for one in answers(world)] == said


def test_an_answer_is_filed_as_often_as_it_was_said_whoever_read_it(world: World) -> None:
    letter, lease = approved(world), lease_of(world)
    send(world, letter, lease, was_taken=True)
    state, now = world.installation.state, world.installation.clock.now()
    page = shown((False, "Пришлите фото"), (True, TEXT), (False, "Пришлите фото"))
    assert len(note_shown(state, world.case, NUMBER, page, lease=lease)) == 2
    assert note_shown(state, world.case, NUMBER, page, lease=lease) == []
    history = [ApiMessage(i, "support", now, "Пришлите фото", 0) for i in (1, 2)]
    history += [ApiMessage(3, "seller", now, TEXT, 0), ApiMessage(4, "support", now, "Обращение закрыто", 0)]
    with state.read() as tx:
        match = match_chat(tx, ACCOUNT, history)
    assert match is not None
    assert (match.number, match.by) == (NUMBER, "text")
    assert [one.text for one in note_answers(state, "c", match, history, lease=lease)] == ["Обращение закрыто"]
    assert note_answers(state, "c", match, history, lease=lease) == []
    assert [one.says for one in answers(world)] == ["", "", ""], "what it means is a person's to say"
    with state.read() as tx:
        events = [one.event for one in tx.outbox.all(ACCOUNT) if one.event == "contact.answer"]
    assert len(events) == 3


def test_a_chat_that_fits_two_tickets_or_none_is_left_alone(world: World) -> None:
    first, second = approved(world), approved(world, number="73712588")
    lease, now = lease_of(world), world.installation.clock.now()
    for letter in (first, second):
        send(world, letter, lease, was_taken=True)
    mine = ApiMessage(1, "seller", now, TEXT, 0)
    named = ApiMessage(2, "chatbot", now, "Обращение №73712588 создано", 0)
    late = ApiMessage(3, "seller", now + timedelta(hours=1), TEXT, 0)
    with world.installation.state.read() as tx:
        assert match_chat(tx, ACCOUNT, [mine]) is None
        assert match_chat(tx, ACCOUNT, [late]) is None
        found = match_chat(tx, ACCOUNT, [mine, named])
        assert found is not None
        assert (found.number, found.by) == ("73712588", "number")
        both = ApiMessage(4, "support", now, "Обращения №73712587 и №73712588", 0)
        assert match_chat(tx, ACCOUNT, [both]) is None


def test_a_further_ticket_names_the_older_one_and_the_dialogue_knows_which_it_follows(world: World) -> None:
    state, installation, older = world.installation.state, world.installation, "73712586"
    case = open_case_file(state, installation.artifacts, ACCOUNT, REVIEW)
    assert name_older_ticket(state, case, TEXT, is_given=True) == TEXT, "there is none yet"
    world.run("support", "chat", "draft", REVIEW, "--number", "79999999", "--text", TEXT)  # a typing error, never sent
    past = ["--way", "chat", "--number", older, "--at", "2026-11-01 10:00", "--text", "Обращение закрыто"]
    world.run("support", "note", REVIEW, "--direction", "in", "--says", "closed", *past)
    with pytest.raises(UsageError, match=f"does not name ticket {older}"):
        name_older_ticket(state, case, TEXT, is_given=True)
    worded = name_older_ticket(state, case, TEXT, is_given=False)
    assert worded == f"{TEXT}\n\nЭто обращение продолжает обращение №{older}."
    assert name_older_ticket(state, case, worded, is_given=True) == worded

    lease = lease_of(world)
    for text in (worded, f"Ещё раз об обращении {older}."):
        letter = approved(world, text)
        send(world, letter, lease, was_taken=True)
    now = installation.clock.now()
    said = ApiMessage(1, "support", now, f"По обращению №{older} ответ дан", 0)
    with state.read() as tx:
        told = {one.text: one.earlier_number for one in tx.contacts.of_case(world.case.id) if one.number == NUMBER}
        assert told == {worded: older, f"Ещё раз об обращении {older}.": ""}, "said once"
        match = match_chat(tx, ACCOUNT, [ApiMessage(0, "seller", now, worded, 0), said])
        assert match is not None
        assert (match.number, match.by) == (NUMBER, "text"), "the older one is only spoken of"
        assert {one.name: one.turn for one in dialogue_of(tx, world.case).threads}[f"№ {older}"] is Turn.NOBODY
        assert newest_ticket(tx, ACCOUNT, world.case.id) == NUMBER


def test_a_recorded_way_is_a_plain_file_and_a_broken_one_is_named(world: World) -> None:
    home, now = world.installation.home.root, world.installation.clock.now()
    assert load_path(home, ACCOUNT).labels == ()
    save_path(home, ACCOUNT, ('Товары и "Цены"', "Контроль \\ качества"), at=now, by="Анна")
    assert load_path(home, ACCOUNT).labels == ('Товары и "Цены"', "Контроль \\ качества")
    with pytest.raises(SettingsError):
        save_path(home, ACCOUNT, ("a\nb",), at=now, by="Анна")
    path_file(home, ACCOUNT).write_text("labels = 3")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_path(home, ACCOUNT)


def test_times_and_promises_are_told_and_put_into_a_calendar(
    world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for direction, at in (("out", "2026-11-01 10:00"), ("in", "2026-11-01 12:30")):
        world.run("support", "note", REVIEW, "--way", "chat", "--direction", direction, "--text", "слова", "--at", at)
    world.run("support", "call", REVIEW, "--promised", "перезвонят", "--until", "2029-01-01 10:00")
    capsys.readouterr()
    world.run("support", "times", "--json")
    assert '"median_hours":2.5' in capsys.readouterr().out.replace(" ", "")
    out = tmp_path / "due.ics"
    world.run("support", "due", "--out", out)
    written = out.read_bytes().decode()
    assert written.count("BEGIN:VEVENT") == written.count("BEGIN:VALARM") == 1
    assert "перезвонят" in written
    with pytest.raises(UsageError, match="is there already"):
        world.run("support", "due", "--out", out)
