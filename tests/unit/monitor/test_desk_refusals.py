"""What the desk says where something is refused: in the person's language, naming the file, in their own units."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence_store.errors import IntakeRefused
from evidence_store.intake import inspect_file
from monitor import language
from monitor.cases.casework import check_files
from monitor.cases.channel_terms import find_channel
from monitor.desk.refusals import tell_refusal
from monitor.errors import UsageError
from tests.desk_world import ACCOUNT, make_desk_home


@pytest.fixture(autouse=True)
def russian() -> Iterator[None]:
    language.begin("ru")
    yield
    language.begin("en")


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "пусто.png", "«пусто.png»: не принято: файл пуст. Принимаются: PNG, JPEG, WebP, PDF или"),
        (b"a" * 22_000_000, "большой.txt", "«большой.txt»: не принято: файл больше 20 МБ."),
        (b"not a png", "fake.png", "«fake.png»: не принято: это не png: внутри файл другого вида."),
    ],
)
def test_a_file_that_is_not_taken_in_is_named_with_the_reason(data: bytes, name: str, told: str) -> None:
    with pytest.raises(IntakeRefused) as refused:
        inspect_file(data, name)
    said = tell_refusal(refused.value)
    assert said.fact == "Файл не взят на хранение. Ничего не записано."
    assert said.detail.startswith(told)


def test_a_file_that_a_form_does_not_take_is_named_by_itself_and_its_kind(tmp_path: Path) -> None:
    installation = make_desk_home(tmp_path / "home", []).installation
    spec = find_channel(installation.site_of(installation.settings.find_account(ACCOUNT)), "order_appeal")
    letter = tmp_path / "письмо.txt"
    letter.write_text("добрый день")
    with pytest.raises(UsageError) as refused:
        check_files(installation, ACCOUNT, [letter], "order_appeal", spec)
    said = tell_refusal(refused.value)
    assert said.fact == "Эти файлы форма не примет. Ничего не записано."
    assert said.detail == "письмо.txt: этот способ не принимает TXT. Он принимает: PNG, JPEG, PDF."
