"""A site's addresses: what it owns, what it builds, and which product URLs it takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.catalog import Site, SiteOverlay, load_site
from flows.catalog.addresses import read_product, read_products
from flows.catalog.channel_spec import ChannelSpec
from flows.catalog.origins import origin_of
from flows.errors import CatalogError

SITE: Site = load_site("ozon")


def test_values_in_addresses_are_encoded() -> None:
    path = SITE.path("reviews_page", slug="a/b?c", sku=5, page=2, sort="x y")

    assert path == "/product/a%2Fb%3Fc-5/reviews/?page=2&sort=x%20y"
    assert SITE.url("page_json", path=path).endswith("?url=" + path.replace("%", "%25").replace("/", "%2F")
        .replace("?", "%3F").replace("=", "%3D").replace("&", "%26"))  # fmt: skip


@pytest.mark.parametrize(
    ("url", "sku"),
    [
        ("https://www.ozon.ru/product/naushniki-tour-2-505/", "505"),
        ("https://www.ozon.ru/product/naushniki-tour-2-505/reviews/?page=2&x=1#c", "505"),
        ("https://www.ozon.ru/product/505/", "505"),
        ("https://www.ozon.ru/product/505", "505"),
        ("https://www.ozon.ru:443/product/a-505/", "505"),
        ("https://WWW.OZON.RU/product/a-505/", "505"),
        ("http://www.ozon.ru/product/a-505/", "505"),
        ("www.ozon.ru/product/a-505/", "505"),
        ("ozon.ru/product/a-505", "505"),
        ("//ozon.ru/product/a-505", "505"),
        ("https://ozon.ru/product/a-505/?at=x&sh=y", "505"),
        ("https://m.ozon.ru/product/a-505/", "505"),
        ("https://www.m.ozon.ru/product/a-505/", "505"),
        ("https://ozon.kz/product/a-505/", "505"),
        ("https://www.ozon.by/product/a-505/reviews/", "505"),
        ("https://uz.ozon.com/product/a-505/", "505"),
        ("https://am.ozon.com/product/a-505/", "505"),
        ("https://www.ozon.ru/product/%D1%87%D0%B0%D0%B9%D0%BD%D0%B8%D0%BA-505/", "505"),
        ("https://www.ozon.ru/product/чайник-505/", "505"),
        ("https://www.ozon.ru/context/detail/id/505/", "505"),
        ("ozon.ru/context/detail/id/505?from=x", "505"),
        ("  https://www.ozon.ru/product/a-505/\n", "505"),
        ("«https://www.ozon.ru/product/a-505/»,", "505"),
        ("Смотри, чайник на Ozon: https://ozon.ru/product/a-505/ дёшево", "505"),
        ("https://www.ozon.ru/product/a-505/questions/", "505"),
        ("https://www.ozon.ru/product/a-505/.", "505"),
        ("https%3A%2F%2Fwww.ozon.ru%2Fproduct%2Fa-505%2F", "505"),
        ("www.ozon.ru%2Fproduct%2Fa-505", "505"),
        ("https://www.ozon.ru/product%2Fa-505%2F", "505"),
        ("https://www.ozon.ru/product/a%2Fb-505/", "505"),
    ],
)
def test_addresses_of_a_product_are_taken(url: str, sku: str) -> None:
    found = SITE.product_from_url(url)

    assert found.sku == sku
    assert SITE.product_from_url(found.url) == found


@pytest.mark.parametrize(
    "url",
    [
        "",
        "505",
        "https://ozon.ru.evil.example/product/a-505/",
        "https://www.ozon.ru@evil.example/product/a-505/",
        "https://user:pass@www.ozon.ru/product/a-505/",
        "https://www.ozon.ru./product/a-505/",
        "https://www.оzon.ru/product/a-505/",
        "https://xn--zon-yma.ru/product/a-505/",
        "javascript:alert(1)//www.ozon.ru/product/a-505/",
        "file:///etc/passwd",
        "data:text/html,https://www.ozon.ru/product/a-505/",
        "https://www.ozon.ru/product/",
        "https://www.ozon.ru/product/a-%00/",
        "https://www.ozon.ru/product/a-505%2F..%2F/",
        "https://www.ozon.ru/product/../my/orderlist",
        "https://www.ozon.ru/seller/a-505/",
        "https://www.ozon.ru\\product\\a-505",
        "https://www.ozon.ru:0/product/a-505/",
        "https://www.ozon.ru:65536/product/a-505/",
        "https://[fe80::1%25eth0]/product/a-505/",
        "https://www.ozon.ru/product/a-%FF-505/",
        "https://evil.example/?u=https://www.ozon.ru/product/a-505/",
        "ftp://www.ozon.ru/product/a-505/",
        "https://ozon.ru:8443/product/a-505/",
        "https://a@ozon.kz/product/a-505/",
        "https://www.ozon.ru/product/a-" + "5" * 100 + "/",
        "https://www.ozon.ru/product/a-505/" + "x" * 65_536,
        "https://seller.ozon.ru/app/reviews",
        "#product/a-505",
        "https://www.ozon.ru/product/mug/",
        "https://www.ozon.ru/product/mug-0/",
        "https://www.ozon.ru/product/0505/",
        "https://www.ozon.ru/product%2F..%2Fa-505/",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- pydantic's and ours alike
        SITE.product_from_url(url)


def products(text: str) -> list[str]:
    return [one.sku for one in read_products(SITE, text)]


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("505", ["505"]),
        ("« 123456 »", ["123456"]),
        ("\u200e123456\ufeff", ["123456"]),
        ("123456.", ["123456"]),
        ("Артикул: 123456", ["123456"]),
        ("артикул товара № 123456", ["123456"]),
        ("SKU 123456", ["123456"]),
        ("1600000001 1600000002", ["1600000001", "1600000002"]),
        ("1600000001, 1600000002; 1600000001", ["1600000001", "1600000002"]),
        ("ozon.ru/product/a-505 https://www.ozon.ru/product/b-506/", ["505", "506"]),
        ("Чайник 1,7 л https://www.ozon.ru/product/a-505/", ["505"]),
    ],
)
def test_what_people_name_is_taken_whole(text: str, skus: list[str]) -> None:
    assert products(text) == skus


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not an address of Ozon"),
        ("чайник", "not an address of Ozon"),
        ("350 мл", "not an address of Ozon"),
        ("٥٠٥", "not an address of Ozon"),
        ("0", "does not begin with 0"),
        ("0505", "does not begin with 0"),
        ("5" * 21, "1 to 20 digits"),
        ("123 456", "one number or several; write a number without spaces"),
        ("123\u00a0456", "one number or several"),
        ("https://www.ozon.ru/product/mug/", "ends in the product's number"),
        ("https://www.ozon.ru/product/a-505/,https://www.ozon.ru/product/b-506/", "put a space between them"),
        ("https://www.ozon.ru/product/a-505/https://www.ozon.ru/product/b-506/", "put a space between them"),
        ("https://ozon.ru/t/AbCd https://www.ozon.ru/product/a-505/", "a short link"),
    ],
)
def test_what_is_not_clear_is_refused_with_a_word(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        products(text)


def test_where_one_product_is_meant_several_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"several products \(505, 506\)"):
        SITE.product_from_url("https://www.ozon.ru/product/a-505/ https://www.ozon.ru/product/b-506/")
    with pytest.raises(ValueError, match=r"several products \(1600000001, 1600000002\)"):
        read_product(SITE, "1600000001 1600000002")


def test_a_short_link_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="short link, which does not say the product; open it in a browser"):
        SITE.product_from_url("https://ozon.ru/t/AbCd12")


SLUGS = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" -%?#&+{}\\/"), max_size=300).filter(
    lambda slug: ".." not in slug.split("/")
)


@settings(max_examples=500, deadline=None)
@given(slug=SLUGS, sku=st.from_regex(r"[1-9][0-9]{0,18}", fullmatch=True))
def test_reading_an_address_that_was_written_is_the_identity(slug: str, sku: str) -> None:
    url = SITE.product_url(sku, slug)

    found = SITE.product_from_url(url)

    assert (found.sku, found.slug, found.url) == (sku, slug, url)


@settings(max_examples=200, deadline=None)
@given(slug=st.text(st.characters(categories=["L", "M", "Nd"]), max_size=100))
def test_a_slug_in_any_alphabet_may_be_pasted_as_a_browser_shows_it(slug: str) -> None:
    found = SITE.product_from_url(f"ozon.kz/product/{slug}-505/")

    assert (found.sku, found.slug) == ("505", slug)
    assert SITE.product_from_url(found.url) == found


def test_addresses_of_the_live_site_follow_a_changed_origin() -> None:
    moved = load_site("ozon", overlay=SiteOverlay(origins={"www": "http://www.localhost:8001"}))

    assert (
        moved.product_from_url("https://www.ozon.ru/product/a-505/").url == "http://www.localhost:8001/product/a-505/"
    )
    assert moved.product_from_url("www.localhost:8001/product/a-505").url == "http://www.localhost:8001/product/a-505/"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://www.ozon.ru/x", "https://www.ozon.ru"),
        ("https://www.ozon.ru:443/x", "https://www.ozon.ru"),
        ("http://[::1]:80/", "http://[::1]"),
        ("https://a@www.ozon.ru/", ""),
        ("about:blank", ""),
        ("https://www.ozon.ru:x/", ""),
    ],
)
def test_origins(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_addresses_move_with_the_origin() -> None:
    moved = load_site("ozon", overlay=SiteOverlay(origins={"www": "http://www.localhost:8001"}))

    assert moved.owns("http://www.localhost:8001/x")
    assert not moved.owns("https://www.ozon.ru/x")


def test_only_verified_channels_are_undisputed() -> None:
    undisputed = {name for name, spec in SITE.channels.items() if not spec.disputed}

    assert undisputed == {"public_report"}


def test_nobody_vouches_for_a_request_that_was_not_captured() -> None:
    assert [name for name, spec in SITE.channels.items() if spec.gate_sees_submit] == []
    told = SITE.channels["public_report"].model_dump()

    with pytest.raises(ValueError, match="not captured"):
        ChannelSpec.model_validate({**told, "gate_sees_submit": True})

    assert ChannelSpec.model_validate({**told, "gate_sees_submit": True, "request_verified": "capture 2026-09"})


@pytest.mark.parametrize("ask", [lambda: SITE.page("nope"), lambda: SITE.url("nope"), lambda: SITE.path("nope")])
def test_what_a_catalog_does_not_have_is_named_with_its_file(ask: Callable[[], object]) -> None:
    with pytest.raises(CatalogError) as refused:
        ask()

    assert refused.value.where.startswith("ozon/")
    assert "selectors/ozon" in refused.value.hint
