"""``insight appeals``: what became of appeals by kind, what is advised against, and what is said beside a draft."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.insight.shares import Count
from monitor.insight.worth import Advice, FiledAppeal, Part, Result, record_of, tell_record, weigh
from monitor.triage.wordings import load_wordings, wording_of
from tests.unit.monitor.insight.appeals_of_shop import Sent, send
from tests.unit.monitor.insight.shop import ACCOUNT, Shop, Written, make_shop

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    found = make_shop(tmp_path)
    found.store(Written(f"r{number:02}", "1001", "Плохо", 1, 60) for number in range(40))
    return found


def filed(ground: str, result: Result, number: int) -> list[FiledAppeal]:
    return [
        FiledAppeal(
            f"{ground}{result}{at}",
            f"{at}",
            {Part.GROUND: ground},
            result,
            is_removed=False,
            sent_at=None,
            decided_at=None,
        )
        for at in range(number)
    ]


def asked(shop: Shop, capsys: Capture, *options: str) -> dict[str, Any]:
    capsys.readouterr()
    assert shop.run("insight", "appeals", "--json", *options) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_became_of_them_is_counted_by_kind(shop: Shop, capsys: Capture) -> None:
    send(
        shop,
        *(Sent(f"r{at:02}", moderation="rejected", days=at + 1) for at in range(14)),
        Sent("r14", moderation="accepted", outcome="removed", ground="insult", days=2),
        Sent("r15", ground="insult", state="acknowledged", outcome="removed"),
        Sent("r16", ground="insult", state="acknowledged", outcome="still_visible"),
        Sent("r17", ground="insult", moderation="accepted", outcome="reinstated"),
        Sent("r18", ground="insult", state="unknown", is_released=False),
        Sent("r19", ground="insult", moderation="in_review"),
        Sent("r20", ground="insult", state="draft", is_released=False),
    )
    found = asked(shop, capsys)
    obscene, insult = found["kinds"]

    assert found["filed"] == 20
    assert (obscene["kind"], obscene["accepted"], obscene["rejected"]) == (["obscene", "public_report"], 0, 14)
    assert obscene["share"] == [0, 0, pytest.approx(0.231636, abs=1e-6)]
    assert obscene["days_to_answer"] == [1, 7.5, 14]
    assert obscene["advice"] == "stop"
    assert [insult[name] for name in ("accepted", "rejected", "unknown", "waiting", "removed")] == [2, 2, 1, 1, 2]
    assert (insult["share"], insult["advice"]) == (None, "little")


def test_each_part_tells_kinds_apart(shop: Shop, capsys: Capture) -> None:
    first, second = load_wordings()["breach"]["obscene"][:2]
    send(
        shop,
        Sent("r00", text=f"Прошу. {first.format(quote='«х»')} Уберите."),
        Sent("r01", text=second.format(quote="«х», «у»"), pictures=2),
        Sent("r02", order="123-4"),
        Sent("r03", text=""),
    )
    found = asked(shop, capsys, "--by", "wording", "--by", "evidence")

    assert sorted(tuple(one["kind"]) for one in found["kinds"]) == [
        ("1", "none"), ("2", "pictures"), ("?", "none"), ("own", "order"),
    ]  # fmt: skip


def test_every_wording_is_known_by_its_text() -> None:
    for ground, wordings in load_wordings()["breach"].items():
        for number, wording in enumerate(wordings, start=1):
            assert wording_of(ground, f"Начало. {wording.format(quote='«х», «у»')} Конец.") == number
    assert wording_of("obscene", "Совсем свои слова.") is None


def test_the_rating_is_told_with_what_was_removed_and_without(shop: Shop, capsys: Capture) -> None:
    shop.store(Written(f"good{number}", "1001", "Отлично", 5, 60) for number in range(40))
    with shop.installation.state.transaction() as tx:
        tx.connection.execute(text("UPDATE reviews SET presence = 'gone' WHERE review_id IN ('r00', 'r01')"))
    send(shop, Sent("r00", outcome="removed"), Sent("r02", outcome="still_visible"))
    (product,) = asked(shop, capsys)["products"]

    # 40 ones and 40 fives; one of the ones went by an appeal, another by itself.
    assert (product["removed"], product["stars_with_removed"], product["stars"]) == (1, 3.03, 3.05)


def test_hours_are_told_only_where_the_seller_says_what_one_takes(shop: Shop, capsys: Capture) -> None:
    send(shop, *(Sent(f"r{at:02}") for at in range(6)))
    assert asked(shop, capsys)["hours_spent"] is None
    config = shop.installation.home.config
    config.write_text(config.read_text("utf-8").replace("# appeal_minutes =", "appeal_minutes = 20"), "utf-8")

    assert asked(shop, capsys)["hours_spent"] == 2


def test_a_kind_is_advised_against_only_where_it_is_sure() -> None:
    poor = weigh(filed("a", Result.REJECTED, 14), [Part.GROUND])
    short = weigh(filed("a", Result.REJECTED, 7), [Part.GROUND])
    middling = weigh([*filed("a", Result.REJECTED, 12), *filed("a", Result.ACCEPTED, 4)], [Part.GROUND])

    assert [rows[0].advice for rows in (poor, short, middling)] == [Advice.STOP, Advice.LITTLE, Advice.GO_ON]


def test_the_advice_is_corrected_for_how_many_kinds_are_looked_at() -> None:
    one = filed("a", Result.REJECTED, 11)
    others = [entry for at in range(20) for entry in filed(f"b{at}", Result.ACCEPTED, 9)]

    assert weigh(one, [Part.GROUND])[0].advice is Advice.STOP
    assert all(row.advice is Advice.GO_ON for row in weigh([*one, *others], [Part.GROUND]))


def test_the_record_is_said_and_below_the_floor_only_that_it_is_little() -> None:
    many = record_of(filed("a", Result.REJECTED, 14), ground="a")
    few = record_of(filed("a", Result.ACCEPTED, 3), ground="a")

    assert tell_record(many) == "У вас по этому основанию удовлетворено 0 из 14 (доля может быть от 0% до 23%)."
    assert tell_record(few) == "У вас по этому основанию удовлетворено 3 из 3: мало данных."
    assert tell_record(record_of(filed("a", Result.WAITING, 3), ground="a")) == ""
    assert few == Count(3, 3)


def test_the_record_stands_beside_verdict_case_and_draft_and_decides_nothing(shop: Shop, capsys: Capture) -> None:
    shop.store([Written("rude", "1001", "Продавец мудак", 1, 5)])
    shop.run("triage", "rude")
    alone = capsys.readouterr().out
    verdict = json_of(shop, capsys, "triage", "rude")[0]
    send(shop, *(Sent(f"r{at:02}", moderation="rejected", ground=verdict["ground"]) for at in range(14)))
    shop.run("triage", "rude")
    beside = capsys.readouterr().out
    send(shop, Sent("rude", ground=verdict["ground"], state="draft", is_released=False, id="appeal_rude"))
    shop.run("case", "show", "rude")
    case = capsys.readouterr().out
    shop.run("appeal", "preview", "appeal_rude")
    draft = capsys.readouterr().out

    assert "удовлетворено" not in alone
    assert all("удовлетворено 0 из 14" in " ".join(shown.split()) for shown in (beside, case, draft))
    assert json_of(shop, capsys, "triage", "rude")[0] == verdict


def json_of(shop: Shop, capsys: Capture, *command: str) -> Any:
    capsys.readouterr()
    shop.run(*command, "--json")
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_shop_without_appeals_is_told_so(shop: Shop, capsys: Capture) -> None:
    assert shop.run("insight", "appeals") == 0
    assert "no appeal was sent yet" in capsys.readouterr().err


def test_appeals_of_another_account_are_not_counted(shop: Shop) -> None:
    send(shop, Sent("r00", moderation="rejected"))
    with shop.installation.state.read() as tx:
        assert len(list(tx.appeal_stream.sent_of("other", ()))) == 0
        assert len(list(tx.appeal_stream.sent_of(ACCOUNT, ()))) == 1
