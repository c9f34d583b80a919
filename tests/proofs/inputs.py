"""What people and files may hand in, at its worst: for each parser, values to try and the refusals it may give."""

from __future__ import annotations

import contextlib
import io
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from flows.catalog import load_site
from flows.catalog.origins import origin_of
from flows.catalog.vocabulary import check_css, check_origin, placeholders_in
from flows.errors import CatalogError
from flows.readings.paging import page_of
from mock_site.scenarios import ScenarioError, load_scenario
from mock_site.skins import CATALOGS
from monitor.cli import command_tree
from monitor.cli.application import main
from monitor.cli.lookup import review_id_of
from monitor.cli.reviews import start_of_day
from monitor.config.home import Home
from monitor.config.settings import load_settings
from monitor.config.values import Duration, Origin, ProductRef, Zone
from monitor.errors import SettingsError
from qa.errors import OrderRefused
from qa.recorded import Case, read_case
from tests.proofs.counted import Counted

SLOWEST_SECONDS = 2.0  # of the processor: the machine may be busy with other things
OZON, SHOPETTE = load_site("ozon"), CATALOGS / "shopette"
_SEEDS = (
    "", " ", "0", "-1", "٣", "NaN", "1e9", "9" * 30, "31.02.2026", "tomorrow", "2026-02-30", "0001-01-01", "9999-12-31",
    "../x", "a\\b", "%00", "\0", "\udcff", "ı", "İ", "\u202e", "a" * 5_000, "{", "}", "{sku}", "{0.__class__}",
    "(a+)+$",
    "https://www.ozon.ru/product/mug-505/?ruuid=abc", "http://[x?ruuid=1", "https://www.ozon.ru:99999/", "//x",
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://user@www.ozon.ru/product/1", "https://оzon.ru/",
    "https://xn--zon-yma.ru/", "https://[fe80::1%25eth0]/", "https://www.ozon.ru./product/505/", "15m", "1h30m", "90s",
    "Europe/Moscow", "Local", "/etc/localtime", "true", "[[", "]]", "'''", '"""', "= 1", "a.b.c = 1", "inf", "1_000",
)  # fmt: skip
_COMMANDS = (
    ("reviews", "list"), ("reviews", "show"), ("case", "show"), ("appeal", "status"), ("appeal", "approve"),
    ("appeal", "preview"), ("appeal", "submit"), ("log",), ("evidence", "verify"), ("flow", "list"),
    ("session", "status"),
)  # fmt: skip
_OPTIONS = (
    "--since",
    "--limit",
    "--stars",
    "--account",
    "--json",
    "--home",
    "--hash",
    "--yes",
    "--no",
    "-a",
    "--",
    "-",
)

_META = '{\n"url": "https://www.ozon.ru/",\n"seen_at": "2026-11-20T09:00:00+00:00",\n"status_code": 200\n}'

words = st.one_of(st.sampled_from(_SEEDS), st.text(max_size=60), st.text("0123456789-+.eE٣", max_size=12))
addresses = st.one_of(
    words,
    st.builds(
        "{}://{}{}{}".format,
        st.sampled_from(["https", "http", "HTTPS", "javascript", "file", "data", ""]),
        st.sampled_from(["www.ozon.ru", "WWW.OZON.RU", "a@www.ozon.ru", "www.ozon.ru:0", "[::1]", "[x", "127.0.0.1:1"]),
        st.sampled_from(["/product/", "/product/mug-", "\\product\\", "//", "/%2e%2e/", ""]),
        words,
    ),
)


@dataclass(frozen=True)
class Parser:
    """One parser: values to try, and what it is called with; ``refusals`` are the only errors it may raise."""

    values: st.SearchStrategy[object]
    parse: Callable[[object], object]
    refusals: tuple[type[Exception], ...]


def mutated(source: str) -> st.SearchStrategy[object]:
    """A sound text file with a few lines taken out, doubled, cut or replaced by something hostile."""
    lines = source.splitlines()

    def change(edits: list[tuple[int, str, str]]) -> str:
        changed = list(lines)
        for at, kind, text in edits:
            i = at % len(changed)
            changed[i] = {
                "drop": "",
                "double": f"{changed[i]}\n{changed[i]}",
                "cut": changed[i][: len(changed[i]) // 2],
                "value": f"{changed[i].partition('=')[0]}= {text}",
                "text": text,
            }[kind]
        return "\n".join(changed)

    kinds = st.sampled_from(["drop", "double", "cut", "value", "text"])
    values = st.one_of(
        words,
        st.sampled_from(["1" * 5_000, "[" * 400, "{}", "inf", "nan", "2026-01-01", "[1, 'a']", "'a'", '"\\u0000"']),
    )
    edits = st.lists(st.tuples(st.integers(0, 10_000), kinds, values), min_size=1, max_size=4)
    return st.one_of(edits.map(change), edits.map(change), st.text(max_size=200))


def parsers(folder: Path) -> dict[str, Parser]:
    """Every parser, with a folder in which those that read files find them."""
    home = Home(folder / "home")
    home.root.mkdir()
    template = (
        "[installation]\nname = 'A'\nzone = 'Europe/Moscow'\n[browser]\nheadless = true\n[windows]\nsettle = '15m'\n"
        "[[account]]\nname = 'shop'\nproducts = ['505']\ncaps = { appeals_per_day = 3 }\n[account.schedule]\n"
        "poll = '15m'\n[account.identities.site_profile]\nlogin = 'me@example.com'\nsign_in = 'code'\n"
    )
    refused = (SettingsError,)
    valid = (ValueError, ValidationError)
    return {
        "command line": Parser(_arguments(folder), _run, ()),
        "review address": Parser(addresses, _text(review_id_of), refused),
        "day": Parser(words, _text(lambda text: start_of_day(text, ZoneInfo("Europe/Moscow"))), refused),
        "product address": Parser(addresses, _text(OZON.product_from_url), (ValueError,)),
        "page of a listing": Parser(addresses, _text(lambda text: page_of(text, OZON)), ()),
        "origin of an address": Parser(addresses, _text(origin_of), ()),
        "origin": Parser(addresses, _text(check_origin), (ValueError,)),
        "product in settings": Parser(addresses, TypeAdapter(ProductRef).validate_python, valid),
        "origin in settings": Parser(addresses, TypeAdapter(Origin).validate_python, valid),
        "duration": Parser(words, TypeAdapter(Duration).validate_python, valid),
        "zone": Parser(words, TypeAdapter(Zone).validate_python, valid),
        "selector": Parser(words, _text(check_css), (ValueError,)),
        "placeholders": Parser(words, _text(placeholders_in), (ValueError,)),
        "configuration": Parser(mutated(template), lambda text: _load_settings(home, text), refused),
        "page catalog": Parser(
            mutated((SHOPETTE / "report_dialog.toml").read_text("utf-8")),
            _in_catalog(folder / "pages", "report_dialog.toml"),
            (CatalogError,),
        ),
        "site catalog": Parser(
            mutated((SHOPETTE / "site.toml").read_text("utf-8")),
            _in_catalog(folder / "sites", "site.toml"),
            (CatalogError,),
        ),
        "scenario": Parser(
            mutated("title = 'x'\n[world]\nproducts = 3\n[switches]\nlayout = 'B'\nsubmit = 'fin'\n"),
            _in_file(folder / "scenario.toml", load_scenario),
            (ScenarioError,),
        ),
        "recorded case": Parser(
            mutated(_META),
            _in_file(folder / "orders" / "case" / "meta.json", _read_case),
            (OrderRefused,),
        ),
    }  # fmt: skip


def examine(name: str, parser: Parser, examples: int, *, with_seed: int) -> Counted:
    """Tries so many values; anything but an answer or an allowed refusal, in time, is a violation."""
    counted = Counted(suite=f"inputs: {name}", seed=with_seed)
    limits = settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    @seed(with_seed)
    @limits
    @given(parser.values)
    def try_one(value: object) -> None:
        counted.injections += 1
        started = time.process_time()
        try:
            parser.parse(value)
        except parser.refusals:
            pass
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever else comes is what is looked for
            counted.expect(holds=False, what=f"{str(value)[:200]!r}: {type(error).__name__}: {str(error)[:120]}")
        counted.expect(time.process_time() - started < SLOWEST_SECONDS, f"{str(value)[:80]!r} took too long")

    try_one()
    return counted


def _text(parse: Callable[[str], object]) -> Callable[[object], object]:
    return lambda value: parse(str(value))


def _arguments(folder: Path) -> st.SearchStrategy[object]:
    option = st.tuples(st.sampled_from(_OPTIONS), words)
    tail = st.lists(st.one_of(option, st.tuples(words), st.tuples(st.sampled_from(_OPTIONS))), max_size=4)
    start = ("--home", str(folder / "nowhere"))
    return st.builds(
        lambda command, rest: (*start, *command, *(part for parts in rest for part in parts)),
        st.sampled_from(_COMMANDS),
        tail,
    )


def _run(arguments: object) -> None:
    """Runs the program in this process, in front of no installation: nothing can be done, only refused."""
    assert isinstance(arguments, tuple)
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.object(sys, "argv", ["fairreview", *arguments]),
        patch("monitor.cli.application.app", _program()),
        patch("monitor.cli.application.command_tree", lambda *_: _program()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        _ended() as code,
    ):
        main()
    told = out.getvalue() + err.getvalue()
    if code[0] not in {0, 1, 2, 3, 4, 5, 6} or "Traceback" in told or not told.strip():
        raise AssertionError(f"exit code {code[0]}: {told[-200:]}")


@cache
def _program() -> object:
    """The commands as they are, put together once: typer would do so for every value."""
    return command_tree()


@contextlib.contextmanager
def _ended() -> Iterator[list[int]]:
    code = [0]
    try:
        yield code
    except SystemExit as end:
        code[0] = int(end.code or 0)


def _load_settings(home: Home, text: object) -> None:
    home.config.write_bytes(str(text).encode("utf-8", "surrogatepass"))
    home.config.chmod(0o600)
    load_settings(home)


def _read_case(path: Path) -> object:
    (path.parent / "page.html").write_text("<h1>Мои заказы</h1>", encoding="utf-8")
    case = Case(path.parent)
    return case.url, case.status_code, read_case(case, OZON)


def _in_catalog(folder: Path, name: str) -> Callable[[object], object]:
    home = folder / "shopette"
    home.mkdir(parents=True)
    for path in SHOPETTE.glob("*.toml"):
        (home / path.name).write_bytes(path.read_bytes())

    def load(text: object) -> None:
        (home / name).write_bytes(str(text).encode("utf-8", "surrogatepass"))
        load_site("shopette", folder=folder)

    return load


def _in_file(path: Path, parse: Callable[[Path], object]) -> Callable[[object], object]:
    path.parent.mkdir(parents=True, exist_ok=True)

    def read(text: object) -> None:
        path.write_bytes(str(text).encode("utf-8", "surrogatepass"))
        parse(path)

    return read
