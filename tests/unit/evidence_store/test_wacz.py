from __future__ import annotations

import json
import zipfile
from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from evidence_store.digests import Digest
from evidence_store.wacz import WARC_PATH, ArchivedPage, find_page, surt, write_wacz
from evidence_store.warc import write_warc
from tests.unit.evidence_store.samples import MOMENT
from tests.unit.evidence_store.test_warc import SECRET, sample_exchange

PAGE = ArchivedPage("https://www.example.test/product/1/?page=2", "Товар", MOMENT)


def sample_warc() -> bytes:
    post = sample_exchange(method="POST", url="https://www.example.test/api?b=2&a=1", body=b'{"ok":true}')
    return write_warc([sample_exchange(), post], software="fairreview/0.1.0").data


def packed_bytes() -> bytes:
    return write_wacz(sample_warc(), [PAGE], title="Отзыв", created=MOMENT, software="fairreview/0.1.0")


def packed() -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(packed_bytes()))


def test_the_package_lists_every_file_with_its_digest() -> None:
    archive = packed()
    package = json.loads(archive.read("datapackage.json"))
    listed = {item["path"]: (item["hash"], item["bytes"]) for item in package["resources"]}
    others = {"datapackage.json", "datapackage-digest.json"}
    assert listed == {
        name: (str(Digest.of(archive.read(name))), len(archive.read(name))) for name in set(archive.namelist()) - others
    }
    digest = json.loads(archive.read("datapackage-digest.json"))
    assert digest["hash"] == str(Digest.of(archive.read("datapackage.json")))


def test_each_index_line_leads_to_its_record() -> None:
    archive = packed()
    warc = archive.read(WARC_PATH)
    for line in archive.read("indexes/index.cdx").decode().splitlines():
        fields = json.loads(line.split(" ", 2)[2])
        piece = warc[int(fields["offset"]) : int(fields["offset"]) + int(fields["length"])]
        (record,) = ArchiveIterator(BytesIO(piece))
        assert record.rec_headers.get_header("WARC-Target-URI") == fields["url"]


def test_the_answer_to_a_post_is_not_indexed_as_a_page() -> None:
    lines = packed().read("indexes/index.cdx").decode().splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "test,example)/api?__wb_method=post&a=1&b=2",
        "test,example)/product/1/?page=2",
    ]


def test_the_page_is_the_answer_at_the_captures_address_or_else_the_first_page() -> None:
    other = sample_exchange(url="https://www.example.test/other/")
    warc = write_warc([other, sample_exchange()], software="fairreview/0.1.0").data
    found = find_page(warc, f"{sample_exchange().url}#reviews", "Товар")
    assert found == ArchivedPage(sample_exchange().url, "Товар", sample_exchange().started_at)
    fallback = find_page(warc, "https://elsewhere.test/", "Товар")
    assert fallback is not None
    assert fallback.url == other.url
    assert find_page(write_warc([], software="fairreview/0.1.0").data, other.url, "Товар") is None


def test_no_secret_enters_the_package() -> None:
    archive = packed()
    assert not any(SECRET.encode() in archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Example.test/A?b=2&a=1", "test,example)/a?a=1&b=2"),
        ("http://www.localhost:8080/x", "localhost:8080)/x"),
        ("https://example.test", "test,example)/"),
    ],
)
def test_addresses_sort_by_host_from_the_right(url: str, key: str) -> None:
    assert surt(url) == key
