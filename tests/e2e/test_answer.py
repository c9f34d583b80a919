"""The moderator asks, the person answers with text and a file, by the installed command."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.e2e.prepared import Prepared, succeed

pytestmark = pytest.mark.timeout(900)


def test_a_question_is_answered_with_a_file_once_and_the_review_goes(prepared: Prepared, tmp_path: Path) -> None:
    shop, appeal = prepared.shop, prepared.appeal
    picture = tmp_path / "упаковка.png"
    Image.new("RGB", (60, 40), "teal").save(picture)
    shop.site.switches.moderator.asks_first = True
    prepared.approve()
    succeed(shop.run("appeal", "submit", appeal))
    succeed(shop.run("appeal", "follow"))
    assert "Пришлите" in succeed(shop.run("appeal", "answer", "show", appeal)).out
    assert shop.run("appeal", "answer", "submit", appeal).code == 1, "nobody has approved an answer"

    answer = ("--text", "Снимок упаковки приложен.", "--attach", str(picture), "--json")
    drafted = succeed(shop.run("appeal", "answer", "draft", appeal, *answer)).data()
    succeed(shop.run("appeal", "answer", "approve", appeal, "--hash", drafted["answer_hash"]))
    succeed(shop.run("appeal", "answer", "submit", appeal))

    assert prepared.follow_to_the_end()["outcome"] == "removed"
    (stored,) = prepared.stored()
    assert (stored.replies, [file.name for file in stored.files]) == (["Снимок упаковки приложен."], [picture.name])
    assert shop.site.ledger.count("/my/appeals/*/reply", "POST") == 1
