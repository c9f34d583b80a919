"""The shapes in which shops write a product's address: each gives the right number, or says that it is none."""

from __future__ import annotations

import pytest

from flows.catalog import load_site
from flows.catalog.models import Site

SHAPES = [
    # template, path, number, slug
    ("/product--{slug}/{sku}", "/product--naushniki-tour/1732949807", "1732949807", "naushniki-tour"),
    ("/product--{slug}/{sku}", "/product--naushniki-tour/1732949807/reviews?x=1", "1732949807", "naushniki-tour"),
    ("/dp/{sku}", "/dp/B0CX23V2ZK", "B0CX23V2ZK", ""),
    ("/dp/{sku}", "/dp/B0CX23V2ZK/ref=sr_1_1?keywords=x", "B0CX23V2ZK", ""),
    ("/{slug}/dp/{sku}", "/Some-Thing/dp/B0CX23V2ZK/", "B0CX23V2ZK", "Some-Thing"),
    ("/moskva/audio/{slug}_{sku}", "/moskva/audio/naushniki_sony_3142509876", "3142509876", "naushniki_sony"),
    ("/org/{slug}/{sku}/", "/org/kofeynya_na_uglu/1124715036/", "1124715036", "kofeynya_na_uglu"),
    ("/org/{slug}/{sku}/", "/org/kofeynya_na_uglu/1124715036/reviews/", "1124715036", "kofeynya_na_uglu"),
    ("/catalog/{sku}/detail.aspx", "/catalog/146972802/detail.aspx?targetUrl=EX", "146972802", ""),
    ("/product/{slug}-{sku}/", "/product/mug-100-ml-505/reviews/", "505", "mug-100-ml"),
    ("/product/{slug}-{sku}/", "/product/505/", "505", ""),
    ("/product/{slug}-{sku}/", "/product/--505/", "505", "-"),
    ("/org/{slug}/{sku}/", "/org/-/505/", "505", ""),
    ("/p/{sku}-{slug}/", "/p/505-mug-100-ml/", "505", "mug-100-ml"),
    ("/p/{sku}-{slug}/", "/p/505/", "505", ""),
    ("/p/{sku}.html", "/p/505.html", "505", ""),
    ("/product/{slug}-{sku}/", "/product/%D0%BA%D1%80%D1%83%D0%B6%D0%BA%D0%B0-505", "505", "кружка"),
]
OTHERS = [
    ("/product--{slug}/{sku}", "/product--naushniki-tour"),
    ("/product--{slug}/{sku}", "/shop--naushniki-tour/1732949807"),
    ("/org/{slug}/{sku}/", "/org/1124715036/"),
    ("/catalog/{sku}/detail.aspx", "/catalog/146972802/feedbacks"),
    ("/dp/{sku}", "/gp/B0CX23V2ZK"),
    ("/dp/{sku}", "/dp/"),
    ("/dp/{sku}", "/dp/B0-CX"),
    ("/product/{slug}-{sku}/", "/product/mug/"),
    ("/product/{slug}-{sku}/", "/product/mug-%FF-505/"),
]


def site_with(template: str, skus: str = "letters_and_digits") -> Site:
    site = load_site("ozon")
    urls = {**site.urls, "product": f"www:{template}"}
    return site.model_copy(update={"urls": urls, "product_forms": (), "skus": skus})


@pytest.mark.parametrize(("template", "path", "sku", "slug"), SHAPES)
def test_a_shape_gives_number_and_slug(template: str, path: str, sku: str, slug: str) -> None:
    skus = "digits" if sku.isdecimal() else "letters_and_digits"
    site = site_with(template, skus)
    found = site.product_from_url(f"https://www.ozon.ru{path}")
    assert (found.sku, found.slug) == (sku, slug)
    assert site.product_from_url(found.url) == found


@pytest.mark.parametrize(("template", "path"), OTHERS)
def test_another_path_is_no_product(template: str, path: str) -> None:
    skus = "letters_and_digits" if template.startswith("/dp") else "digits"
    with pytest.raises(ValueError, match="not"):
        site_with(template, skus).product_from_url(f"https://www.ozon.ru{path}")


@pytest.mark.parametrize(
    "template", ["/org/{slug}/{sku}/", "/x/{slug}_{sku}", "/p/{sku}-{slug}/", "/product/{slug}-{sku}/"]
)
def test_a_product_without_a_slug_has_an_address_that_gives_it_back(template: str) -> None:
    site = site_with(template, "digits")
    url = site.product_url("505")
    assert "//" not in url.removeprefix("https://")
    assert site.product_from_url(url).sku == "505"
    assert site.product_from_url(url).slug == ""
