"""Layers over the package's catalogs: what lies on top wins, an upgrade is noticed, and the dangerous is refused."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from flows.catalog import load_site
from flows.catalog.layers import ADOPTED, Layers, Standing, digest_of_site, find_overrides, stand
from flows.catalog.loader import catalog_folder, examine_layers, find_site, read_tables, site_names
from flows.catalog.overrides import digest_of, read_overrides, value_at
from flows.errors import CatalogError
from mock_site.skins import CATALOGS

SHOPETTE = CATALOGS / "shopette"
HEAD = 'overlay = 1\nsite = "ozon"\npage = "{page}"\n'
ONE = """
[[override]]
key = {key}
who = "Анна Петрова"
at = 2026-11-30T12:00:00+03:00
reason = "the button was renamed tonight"
mark = "seen 2026-11 by this account"
base = "{base}"
value = {value}
"""
SEND = (
    '{ why = "The one gesture that reports.", verified = "guess", use = "write", required = true, within = "dialog", '
)
RENAMED = SEND + 'candidates = [{ by = "role", role = "button", name = "Пожаловаться", write_safe = true }] }'


def one(key: str, value: str, *, base: str = "") -> str:
    return ONE.format(key=f"'{key}'", value=value, base=base)


def override(home: Path, page: str, *ones: str, account: str = "") -> Layers:
    folder = home / "ozon" / (f"accounts/{account}" if account else "overrides")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{page}.toml").write_text(HEAD.format(page=page) + "".join(ones), encoding="utf-8")
    return Layers(home, account)


def button_of(layers: Layers, folder: Path | None = None) -> str:
    entry = load_site("ozon", folder=folder, layers=layers).page("report_dialog")["send"]
    return str(entry.candidates[0].model_dump()["name"])


def package_digest(page: str, key: str) -> str:
    return digest_of(value_at(read_tables(catalog_folder() / "ozon")[page], key))


def test_no_layers_is_the_package(tmp_path: Path) -> None:
    assert load_site("ozon", layers=Layers(tmp_path / "none")) == load_site("ozon")


def test_the_accounts_layer_lies_over_the_installations(tmp_path: Path) -> None:
    override(tmp_path, "report_dialog", one("entries.send", RENAMED))
    override(tmp_path, "report_dialog", one("entries.send", RENAMED.replace("Пожаловаться", "Готово")), account="shop")

    assert button_of(Layers(tmp_path)) == "Пожаловаться"
    assert button_of(Layers(tmp_path, "other")) == "Пожаловаться"
    assert button_of(Layers(tmp_path, "shop")) == "Готово"


def test_an_override_brings_its_own_mark_and_leaves_the_rest(tmp_path: Path) -> None:
    layers = override(tmp_path, "report_dialog", one("entries.send", RENAMED))
    mended, package = load_site("ozon", layers=layers), load_site("ozon")

    assert mended.page("report_dialog")["send"].verified == "seen 2026-11 by this account"
    assert mended.page("report_dialog")["comment"] == package.page("report_dialog")["comment"]
    assert mended.channels == package.channels


@pytest.mark.parametrize(
    ("page", "key", "value", "read"),
    [
        ("site", "urls.cabinet_reviews", '"seller:/app/feedback"', lambda s: s.urls["cabinet_reviews"]),
        ("site", "channels.public_report.reasons", '["Спам"]', lambda s: s.channels["public_report"].reasons[0]),
        ("site", "wordings.appeal_statuses.Решено", '"accepted"', lambda s: s.wordings.appeal_statuses["Решено"]),
        ("site", "listing.reachable_rows", "500", lambda s: s.listing.reachable_rows),
        ("reviews", "reading.empty_texts", '["Пусто"]', lambda s: s.page("reviews").reading.empty_texts[0]),
        (
            "reviews",
            "reading.fields.star",
            "[{ css = 'svg path' }]",
            lambda s: s.page("reviews").reading.fields["star"][0].css,
        ),
    ],
)
def test_what_may_be_said_otherwise_is(tmp_path: Path, page: str, key: str, value: str, read: object) -> None:
    layers = override(tmp_path, page, one(key, value))
    assert callable(read)
    assert str(read(load_site("ozon", layers=layers))) in value
    assert read(load_site("ozon", layers=layers)) != _or_none(read)


def _or_none(read: object) -> object:
    try:
        return read(load_site("ozon")) if callable(read) else None
    except KeyError:
        return None


def test_further_stop_markers_stand_behind_the_packages(tmp_path: Path) -> None:
    marker = '[{ kind = "captcha", where = "title", any = ["Проверка"], verified = "guess" }]'
    layers = override(tmp_path, "site", one("stop", marker))

    assert load_site("ozon", layers=layers).stop[:-1] == load_site("ozon").stop
    assert load_site("ozon", layers=layers).stop[-1].any == ("Проверка",)


EVERYTHING = '{ method = "POST", url = "www:/api/composer-api.bx/_action/v2/rpReportAbuseV2*", verified = "guess", '
PROTECTED = [
    ("origins.www", '"https://evil.example"'),
    ("origins", '{ www = "https://evil.example" }'),
    ("twins", '["evil.example"]'),
    ("identities.site_profile.sign_in", '"home"'),
    ("identities", "{}"),
    ("urls", "{}"),
    ("urls.profile_sign_in", '"www:/login"'),
    ("urls.cabinet_sign_in", '"seller:/login"'),
    ("urls.cabinet_home", '"seller:/login"'),
    ("urls.api_reviews", '"api:/v9"'),
    ("witnesses", "{}"),
    ("witnesses.account.site_profile.css", '["div"]'),
    ("witnesses.account", "{}"),
    ("witnesses.sign_in_css", '["form"]'),
    ("channels", "{}"),
    ("channels.public_report", "{}"),
    ("channels.public_report.submit_url", '"www:/x*"'),
    ("channels.public_report.submit_method", '"GET"'),
    ("channels.public_report.submits_by", '"navigation"'),
    ("channels.public_report.request_verified", '"capture 2026-09"'),
    ("channels.public_report.gate_sees_submit", "true"),
    ("channels.public_report.refusals", '[{ path = "ok", verified = "guess" }]'),
    ("channels.order_appeal.disputed", "false"),
    ("channels.order_appeal.upload_url", '"www:/*"'),
    ("channels.order_appeal.reply_url", '"www:/*"'),
    ("channels.public_report.identity", '"seller_cabinet"'),
    ("channels.order_appeal.settle_window_seconds", "1"),
    ("needed", f'[{EVERYTHING}source = "harmless" }}]'),
    ("acting_urls", "[]"),
    ("submit_transport", '"pinned"'),
    ("seller_api.reviews", '"home"'),
    ("timings.requests_per_minute", "60000"),
    ("name", '"other"'),
    ("pages", "{}"),
    ("is_own", "true"),
]


@pytest.mark.parametrize(("key", "value"), PROTECTED, ids=[key for key, _ in PROTECTED])
def test_what_files_signs_in_or_passes_the_gate_is_refused_by_name(tmp_path: Path, key: str, value: str) -> None:
    layers = override(tmp_path, "site", one(key, value))

    with pytest.raises(CatalogError) as caught:
        load_site("ozon", layers=layers)

    assert key in f"{caught.value} {caught.value.where}"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("page", "key", "value"),
    [
        ("site", "urls.orders", '"seller:/my/orderlist"'),
        ("site", "urls.reviews_page", '"www:/r/{sku}"'),
        ("site", "urls.home", '"www:/api/composer-api.bx/_action/v2/rpReportAbuseV2"'),
        ("site", "urls.appeals", '"www:/my/appeals/CREATE/now"'),
        ("site", "urls.nobody", '"www:/x"'),
        ("report_dialog", "entries.send", RENAMED.replace('"write"', '"read"').replace(", write_safe = true", "")),
        ("report_dialog", "entries.send", RENAMED.replace('within = "dialog", ', "")),
        ("report_dialog", "entries.send", RENAMED.replace(", write_safe = true", "")),
        ("report_dialog", "entries.send", '"text"'),
        ("report_dialog", "entries.send.candidates", "[]"),
        ("report_dialog", "frame", '"send"'),
        ("report_dialog", "page", '"send"'),
        ("report_dialog", "entries.send", "{}"),
    ],
)
def test_an_override_that_loosens_or_breaks_something_is_refused(
    tmp_path: Path, page: str, key: str, value: str
) -> None:
    layers = override(tmp_path, page, one(key, value))

    with pytest.raises(CatalogError) as caught:
        load_site("ozon", layers=layers)

    assert "overrides" in caught.value.where


def test_an_upgrade_keeps_it_and_is_noticed_when_it_catches_up(tmp_path: Path) -> None:
    base = package_digest("report_dialog", "entries.send")
    layers = override(tmp_path / "home", "report_dialog", one("entries.send", RENAMED, base=base))
    package = tmp_path / "package"
    shutil.copytree(catalog_folder() / "ozon", package / "ozon")
    assert standing(layers, package) is Standing.IN_FORCE

    page = package / "ozon" / "report_dialog.toml"
    original = page.read_text(encoding="utf-8")
    page.write_text(original.replace('name = "Отправить жалобу"', 'name = "Послать"'), encoding="utf-8")
    assert standing(layers, package) is Standing.CHANGED_BELOW
    assert button_of(layers, package) == "Пожаловаться"

    page.write_text(original.replace('name = "Отправить жалобу"', 'name = "Пожаловаться"'), encoding="utf-8")
    assert standing(layers, package) is Standing.CAUGHT_UP

    page.write_text(original.replace("[entries.send]", "[entries.send_it]"), encoding="utf-8")
    assert standing(layers, package) is Standing.ORPHAN
    load_site("ozon", folder=package, layers=layers)  # an override without its entry changes nothing and breaks nothing


def standing(layers: Layers, package: Path) -> Standing:
    (found,) = examine_layers("ozon", folder=package, layers=layers)
    return found.standing


def test_a_value_of_the_site_catches_up_when_it_is_the_same(tmp_path: Path) -> None:
    layers = override(tmp_path, "site", one("listing.per_page", "30"))
    (placed,) = find_overrides("ozon", layers)
    assert stand(read_tables(catalog_folder() / "ozon"), placed).standing is Standing.CAUGHT_UP


def own_site(home: Path) -> Path:
    shutil.copytree(SHOPETTE, home / "shopette")
    return home / "shopette"


def adopt(folder: Path) -> None:
    note = f'adopted = 1\nsite = "{folder.name}"\nwho = "Анна"\nat = 2026-11-30T12:00:00+03:00\nreason = "ours"\n'
    (folder / ADOPTED).write_text(f'{note}digest = "{digest_of_site(folder)}"\n', encoding="utf-8")


def test_a_whole_site_of_ones_own_counts_only_as_it_was_taken(tmp_path: Path) -> None:
    folder, layers = own_site(tmp_path), Layers(tmp_path)
    with pytest.raises(CatalogError, match="not taken yet"):
        load_site("shopette", layers=layers)

    adopt(folder)
    assert "shopette" in site_names(layers=layers)
    assert load_site("shopette", layers=layers).is_own

    (folder / "reviews.toml").write_text((folder / "reviews.toml").read_text("utf-8") + "\n# changed\n", "utf-8")
    with pytest.raises(CatalogError, match="changed since"):
        load_site("shopette", layers=layers)


def test_a_file_that_is_a_link_is_refused_in_sites_and_overrides(tmp_path: Path) -> None:
    folder = own_site(tmp_path)
    adopt(folder)
    layers = override(tmp_path, "report_dialog", one("entries.send", RENAMED))
    for path, name in ((folder / "reviews.toml", "shopette"), (tmp_path / "ozon/overrides/report_dialog.toml", "ozon")):
        load_site(name, layers=layers)
        elsewhere = tmp_path / f"elsewhere-{path.name}"
        path.rename(elsewhere)
        path.symlink_to(elsewhere)  # the same words, so the digest of what was shown says nothing
        with pytest.raises(CatalogError, match="is a link to another file"):
            load_site(name, layers=layers)


def test_every_channel_of_ones_own_site_is_off_until_somebody_has_looked(tmp_path: Path) -> None:
    adopt(own_site(tmp_path))
    assert not any(spec.disputed for spec in load_site("shopette", folder=SHOPETTE.parent).channels.values())
    assert all(spec.disputed for spec in load_site("shopette", layers=Layers(tmp_path)).channels.values())


def test_a_site_of_ones_own_cannot_take_the_packages_name(tmp_path: Path) -> None:
    shutil.copytree(catalog_folder() / "ozon", tmp_path / "ozon")
    with pytest.raises(CatalogError, match="needs another name"):
        load_site("ozon", layers=Layers(tmp_path))


def test_a_file_may_not_say_what_the_loader_says(tmp_path: Path) -> None:
    folder = own_site(tmp_path)
    site = folder / "site.toml"
    site.write_text("is_own = false\n" + site.read_text("utf-8"), encoding="utf-8")
    with pytest.raises(CatalogError, match="not for a file to say"):
        read_tables(folder)


HOSTILE = [
    "",
    "overlay = 2\nsite = 'ozon'\npage = 'site'\n",
    "overlay = 1\nsite = 'other'\npage = 'report_dialog'\n",
    "overlay = 1\nsite = 'ozon'\npage = 'reviews'\n",
    "x" * 300_000,
    "overlay = 1\n" + "a." * 40_000 + "b = 1\n",
    "overlay = 1\nv = " + "[" * 20_000,
    "overlay = 1\nv = " + "[" * 5_000 + "]" * 5_000,
    "\x00\x01",
    "overlay = " + "9" * 10_000,
]
SELECTORS = [
    "div:has(" * 40 + "a" + ")" * 40,
    "div " * 70 + "a",
    "div>" * 70 + "a",
    "p:has(a:has(b:has(c)))",
    "p:has(a):has(b):has(c)",
    "a~" * 60 + "a",
    ":not(" * 45 + "a" + ")" * 45,
    "a" * 301,
    "//x",
    "html",
    "text=Отправить",
    "a:nth-child(2)",
    ".a1b2",
    "{secret}",
    "{review_id.__class__}",
    "a[b='",
    "a >> b",
    "a\x07",
    "{0}",
]
WORDS = ["{secret}", "{reason", "{}", "{0}", "{reason!r}", "{reason:>10}", "a\u202eb", "x" * 301, "", "\x00", "{a.b}"]
KEYS = ["", "entries", "entries.", ".entries", "ENTRIES.x", "entries.a.b.c.d.e", "entries.\x00", "a" * 300, "__class__"]


def hostile_texts() -> list[str]:
    head = HEAD.format(page="report_dialog")
    found = list(HOSTILE)
    for css in SELECTORS:
        found += [
            head + one("entries.quoted_text", f"{{ why = 'long enough', verified = 'guess', {body} }}")
            for body in (
                f"candidates = [{{ by = 'css', css = {json.dumps(css)} }}]",
                f"within = 'dialog', candidates = [{{ by = 'css', css = {json.dumps(css)} }}]",
            )
        ]
        found.append(head + one("reading.rows", f"[{json.dumps(css)}]"))
    for word in WORDS:
        quoted = json.dumps(word)
        found += [
            head
            + one(
                "entries.send", SEND + f"candidates = [{{ by = '{verb}', {field} = {quoted}, write_safe = true }}] }}"
            )
            for verb, field in (("role", "role = 'button', name"), ("text", "text"), ("label", "label"))
        ]
    found += [head + one(key, "1") for key in KEYS]
    found += [head + one("entries.send", "{ a = " * depth + "1" + " }" * depth) for depth in (7, 50, 400)]
    found.append(head + one("entries.send", RENAMED) * 201)
    found.append(head + one("entries.send", RENAMED) * 2)
    found += [
        head + one("entries.send", RENAMED).replace(line, "")
        for line in (
            'who = "Анна Петрова"\n',
            'reason = "the button was renamed tonight"\n',
            'mark = "seen 2026-11 by this account"\n',
            "at = 2026-11-30T12:00:00+03:00\n",
        )
    ]
    found += [
        head + one("entries.send", RENAMED).replace("seen 2026-11 by this account", mark)
        for mark in ("trust me", "capture", "seen by me", "")
    ]
    return found


def test_120_bad_files_are_refused_and_none_hangs(tmp_path: Path) -> None:
    texts = hostile_texts()
    assert len(texts) >= 120
    for number, text in enumerate(texts):
        home = tmp_path / str(number)
        folder = home / "ozon" / "overrides"
        folder.mkdir(parents=True)
        (folder / "report_dialog.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
        started = os.times().user
        with pytest.raises(CatalogError) as caught:
            load_site("ozon", layers=Layers(home))
        assert caught.value.where, text[:200]
        assert os.times().user - started < 20, text[:200]  # seconds of work, not of waiting: a hang has no end


def test_a_pipe_and_too_many_files_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "ozon" / "overrides"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "site.toml")
    with pytest.raises(CatalogError, match="plain file"):
        read_overrides(folder / "site.toml", site="ozon")
    for number in range(70):
        (folder / f"p{number}.toml").write_text("", encoding="utf-8")
    with pytest.raises(CatalogError, match="more than 60"):
        find_overrides("ozon", Layers(tmp_path))


def test_the_real_site_is_found_in_the_package(tmp_path: Path) -> None:
    assert find_site("ozon", layers=Layers(tmp_path)) == (catalog_folder() / "ozon", False)
