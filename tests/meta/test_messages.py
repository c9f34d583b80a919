"""The catalogue of messages holds exactly what the program says, whole and well formed."""

from __future__ import annotations

import ast
import json
import re

import pytest
from babel.messages.catalog import Catalog

from tests.messages import bypassing, catalogue
from tests.messages.collecting import BELOW, Message, collect, glued_in, help_of, messages_of, raised_in
from tests.meta.checkout import ROOT, python_files


@pytest.fixture(scope="module")
def wanted() -> dict[str, Message]:
    return collect()


def one_entry(english: str | tuple[str, str], russian: str | tuple[str, ...], **entry: object) -> Catalog:
    made = Catalog(locale="ru")
    made.add(english, russian, **entry)  # type: ignore[arg-type]
    return made


def test_the_catalogue_holds_what_the_program_says(wanted: dict[str, Message]) -> None:
    assert list(catalogue.problems(catalogue.read(), wanted)) == [], "python3 run.py messages"


def test_what_the_program_reads_is_what_the_catalogue_says() -> None:
    made = catalogue.told_by(catalogue.compiled(catalogue.read()))
    assert catalogue.told_by(catalogue.COMPILED.read_bytes()) == made, "python3 run.py messages"


def test_renewing_changes_nothing_where_nothing_changed(wanted: dict[str, Message]) -> None:
    read = catalogue.read()
    renewed = {entry.id: entry.string for entry in catalogue.renew(read, wanted) if entry.id}
    assert renewed == {entry.id: entry.string for entry in read if entry.id}  # "" is the head, with the day


@pytest.mark.parametrize(
    ("english", "russian", "entry", "found"),
    [
        ("One {name}.", "", {}, "not translated"),
        ("One {name}.", "Один {name}.", {"flags": ["fuzzy"]}, "fuzzy"),
        ("One {name}.", "Один {nmae}.", {}, "other {fields}"),
        ("{count:,} left", "осталось {count}", {}, "other {fields}"),
        ("One {name}. ", "Один {name}.", {}, "another space"),
        (("{count} review", "{count} reviews"), ("{count} отзыв", "{count} отзыва"), {}, "2 forms"),
        (("{count} review", "{count} reviews"), ("{count} отзыв", "{count} отзыва", ""), {}, "not translated"),
    ],
)
def test_an_entry_that_cannot_be_used_is_found(
    english: str | tuple[str, str], russian: str | tuple[str, ...], entry: dict[str, object], found: str
) -> None:
    one = english if isinstance(english, str) else english[0]
    told = list(catalogue.problems(one_entry(english, russian, **entry), {one: Message(one)}))
    assert len(told) == 1
    assert found in told[0]


def test_a_missing_entry_and_one_that_nobody_says_are_found() -> None:
    told = list(catalogue.problems(one_entry("Old.", "Старое."), {"New.": Message("New.")}))
    assert told == ["missing: 'New.'", "nobody says it any more: 'Old.'"]


def test_a_sound_entry_is_left_alone() -> None:
    sound = one_entry(("{count} review", "{count} reviews"), ("{count} отзыв", "{count} отзыва", "{count} отзывов"))
    assert list(catalogue.problems(sound, {"{count} review": Message("{count} review")})) == []


def test_messages_are_found_in_calls_tables_and_help() -> None:
    tree = ast.parse(
        '_("One.")\nngettext("{n} day", "{n} days", n)\noutput.print_table((f"at ({zone})", "who"), rows)\n'
        '@app.command("x")\ndef x(a: Annotated[str, typer.Option(help="An option.")]):\n'
        '    """Does it.\n\n    And more.\n\n    Example: fairreview x\n    """\n'
    )
    assert set(messages_of(tree)) == {("One.", ""), ("{n} day", "{n} days"), ("at", ""), ("who", "")}
    assert set(help_of(tree)) == {"Does it.", "And more.", "An option."}


def test_no_help_is_put_together_where_nobody_can_look_it_up(wanted: dict[str, Message]) -> None:
    """A help text with a variable in it is looked up as it is made, with ``_``."""
    glued = re.compile(r"help=f[\"']")
    assert [path.name for path in python_files("monitor/cli") if glued.search(path.read_text("utf-8"))] == []
    assert len(wanted) > 600


def test_no_sentence_goes_past_the_catalogue() -> None:
    assert list(bypassing.bypassing()) == []


def test_no_page_of_the_desk_says_an_english_sentence_by_itself() -> None:
    assert list(bypassing.in_templates()) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Nothing was sent.</p>", ["Nothing was sent."]),
        ('<p title="Go on">Дальше</p>', ["Go on"]),
        ("<p>{{ 'It is over' if one else 'Идёт' }}</p>", ["It is over"]),
        ("<p>Наберите <code>fairreview desk --no-browser</code>, {{ one.detail }}.</p>", []),
        ('<a class="btn btn--main" href="/in box">Дальше</a>', []),
    ],
)
def test_an_english_sentence_of_a_template_is_found(template: str, found: list[str]) -> None:
    assert list(bypassing.in_template(template)) == found


def test_no_sentence_of_the_rooms_below_is_glued() -> None:
    trees = {path: ast.parse(path.read_text("utf-8")) for room in BELOW for path in python_files(room)}
    assert [(path.name, words) for path, tree in trees.items() for words in glued_in(tree)] == []


def test_sentences_of_the_rooms_below_are_found_and_glued_ones_refused() -> None:
    tree = ast.parse(
        'raise WallMet("a person is needed", hint=sentence("ask {who} for it", who=name or "the owner of it"))\n'
        'raise Malformed("for programmers")\nself._add(kind, f"line {n}", f"not there on {day}")\n'
    )
    assert set(raised_in(tree)) == {"a person is needed", "ask {who} for it", "the owner of it"}
    assert list(glued_in(tree)) == ["f'not there on {day}'"]


def test_every_sentence_that_is_kept_in_english_is_there() -> None:
    """So that the list only gets shorter."""
    lines = bypassing.KEPT.read_text("utf-8").splitlines()
    kept = [tuple(json.loads(line)) for line in lines if line.startswith("[")]
    said = {(file, words) for file, _ in kept for words in bypassing.sentences((ROOT / file).read_text("utf-8"))}
    assert [one for one in kept if one not in said] == []


@pytest.mark.parametrize(
    "source",
    [
        'output.say("Nothing was sent.")',
        'raise SettingsError(f"there is no account {name!r}", hint=_("Name one."))',
        'told = "no products yet"',
        'told = "Name a file."',
        'told = f"{count} of {total}"',
        'output.print_table(("who",), [("nobody was named",)])',
    ],
)
def test_a_sentence_that_goes_past_the_catalogue_is_found(source: str) -> None:
    assert len(list(bypassing.sentences(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""What it is for."""\noutput.say(_("Nothing was sent."))',
        'logger.info("nothing was sent")',
        'output.print_table(("signed in as",), rows)',
        'x = "SELECT id FROM reviews"\ny = "дело и case about it"',
        'if words == "not a word":\n    pass',
    ],
)
def test_what_nobody_reads_is_passed_over(source: str) -> None:
    assert list(bypassing.sentences(source)) == []


def test_what_was_not_looked_up_is_counted() -> None:
    assert catalogue.share({"One.", "Two.", "Three."}, {"One.", "Other."}) == (33, ["Three.", "Two."])
    assert catalogue.share({"One."}, {"One."}) == (100, [])
