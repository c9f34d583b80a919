from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from evidence_store.findings import FindingKind, Severity
from evidence_store.redaction import is_secret_header, mask_url
from evidence_store.warc import Exchange, WarcArchive, write_warc
from tests.unit.evidence_store.samples import MOMENT

SECRET = "s3cr3t-c4nary"


def sample_exchange(**changes: object) -> Exchange:
    fields: dict[str, object] = {
        "url": "https://www.example.test/product/1/?page=2",
        "method": "GET",
        "request_headers": ((":authority", "www.example.test"), ("accept", "*/*"), ("cookie", f"sid={SECRET}")),
        "status": 200,
        "response_headers": (
            ("content-encoding", "br"),
            ("content-type", "text/html; charset=utf-8"),
            ("set-cookie", f"sid={SECRET}\nother=1"),
            ("x-o3-trace", SECRET),
            ("content-length", "7"),
        ),
        "body": "<p>отзыв</p>".encode(),
        "body_error": "",
        "started_at": MOMENT,
        "remote_ip": "127.0.0.1",
    }
    return Exchange(**{**fields, **changes})  # type: ignore[arg-type]


def written(*exchanges: Exchange, secrets: tuple[str, ...] = ()) -> WarcArchive:
    return write_warc(exchanges, software="fairreview/0.1.0", secrets=secrets)


def records(archive: WarcArchive) -> list[tuple[str, dict[str, str], bytes]]:
    return [
        (record.rec_type, dict(record.rec_headers.headers), record.content_stream().read())
        for record in ArchiveIterator(BytesIO(archive.data))
    ]


def plain(archive: WarcArchive) -> bytes:
    parts = []
    for record in ArchiveIterator(BytesIO(archive.data), no_record_parse=True):
        parts += [record.rec_headers.to_bytes(encoding="utf-8"), record.raw_stream.read()]
    return b"".join(parts)


def test_an_exchange_becomes_a_request_and_a_response_with_the_decoded_body() -> None:
    found = records(written(sample_exchange()))
    assert [kind for kind, _, _ in found] == ["warcinfo", "response", "request"]
    _, headers, body = found[1]
    assert body == "<p>отзыв</p>".encode()
    assert headers["WARC-Date"] == "2026-11-22T09:30:15.123456Z"
    assert headers["WARC-IP-Address"] == "127.0.0.1"


def test_headers_of_the_encoded_form_are_renamed_and_the_true_length_is_written() -> None:
    text = plain(written(sample_exchange())).decode()
    assert "X-Archive-Orig-content-encoding: br" in text
    assert "X-Archive-Orig-content-length: 7" in text
    assert f"Content-Length: {len('<p>отзыв</p>'.encode())}" in text


def test_sessions_and_tokens_are_not_in_the_archive() -> None:
    url = f"https://u:{SECRET}@www.example.test/cb?ticket={SECRET}&page=2#token={SECRET}"
    referrer = (("referer", url), ("x-csrf-token", SECRET), ("authorization", SECRET))
    exchange = sample_exchange(url=url, request_headers=referrer, response_headers=(("location", url),))
    assert SECRET.encode() not in plain(written(exchange, sample_exchange()))
    assert b"page=2" in plain(written(exchange))


def test_a_known_secret_in_a_body_is_masked_and_it_is_said() -> None:
    archive = written(sample_exchange(body=f"<i value='{SECRET}'>".encode()), secrets=(SECRET,))
    assert SECRET.encode() not in plain(archive)
    assert [(finding.kind, finding.severity) for finding in archive.findings] == [
        (FindingKind.SECRET_MASKED, Severity.NOTE)
    ]


@pytest.mark.parametrize("status", [204, 301, 302, 304])
def test_an_answer_that_has_no_body_by_nature_is_complete(status: int) -> None:
    archive = written(sample_exchange(status=status, body=None))
    assert archive.findings == ()
    assert [kind for kind, _, _ in records(archive)] == ["warcinfo", "response", "request"]


def test_a_body_that_was_not_read_is_a_finding_and_says_so_in_the_archive() -> None:
    archive = written(sample_exchange(body=None, body_error="page closed"))
    assert [(finding.kind, finding.detail) for finding in archive.findings] == [
        (FindingKind.BODY_UNREAD, "page closed")
    ]
    found = records(archive)
    assert found[1][1]["WARC-Truncated"] == "unspecified"
    assert found[3][2] == b"body-missing: page closed\r\n"


def test_a_request_without_any_answer_is_kept_and_is_a_finding() -> None:
    archive = written(sample_exchange(status=None, body=None, body_error="net::ERR_CONNECTION_RESET"))
    assert [kind for kind, _, _ in records(archive)] == ["warcinfo", "request", "metadata"]
    assert [finding.kind for finding in archive.findings] == [FindingKind.BODY_UNREAD]


def test_hostile_headers_cannot_add_records_or_headers() -> None:
    hostile = (("x-a", "1\r\nWARC-Type: evil\r\n\r\n"), ("x-имя", "значение\x00"))
    archive = written(sample_exchange(response_headers=hostile, url="https://a.test/x\r\nWARC-Type: evil"))
    assert [kind for kind, _, _ in records(archive)] == ["warcinfo", "response", "request"]


def test_another_tool_finds_every_digest_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.warc.gz"
    path.write_bytes(written(sample_exchange(), sample_exchange(body=None, body_error="x")).data)
    checker = Checker(_CheckArguments([str(path)]))
    assert checker.process_all() == 0
    assert "digest pass" in capsys.readouterr().out


class _CheckArguments:
    def __init__(self, inputs: list[str]) -> None:
        self.inputs = inputs
        self.verbose = True


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [("Cookie", True), ("X-O3-Session", True), ("x-xsrf", True), ("Accept", False), ("date", False)],
)
def test_secret_headers_are_known_by_name(name: str, is_secret: bool) -> None:
    assert is_secret_header(name) is is_secret


@pytest.mark.parametrize("url", ["https://a.test/p/?page=2&sort=score_asc", "/x?y=1", "https://a.test/", "про?что=1"])
def test_an_address_without_secrets_stays_as_it_is(url: str) -> None:
    assert mask_url(url) == url
