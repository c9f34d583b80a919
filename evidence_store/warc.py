"""What the browser loaded, as WARC records that other tools can read.

The browser hands over bodies already decoded, so the headers that spoke of the encoded form are kept under
``X-Archive-Orig-*`` and the true length is written. Sessions and credentials never enter the archive. A body that
could not be read is said to be missing, in the record (``WARC-Truncated`` and a metadata record) and as a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from urllib.parse import quote, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from evidence_store.canonical import format_utc
from evidence_store.digests import Digest
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.redaction import mask_bytes, mask_text, mask_url, public_headers

_OF_THE_ENCODED_FORM = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_HEADER_NAME_MARKS = "!#$&'*+^`|"  # may stand in a header name besides letters, digits and -._~ (RFC 9110)
_CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as the browser reported them.

    Attributes:
        status: None when no answer came.
        body: The decoded body; None when it was not read. Request bodies are never taken: they carry what was typed.
        body_error: Why there is no body; empty when the answer has none by its nature (redirects, 204, 304).
        started_at: When the request left.
        remote_ip: Who answered, None when not known.
        resource_type: What the browser loaded it as, None when not known.
    """

    url: str
    method: str
    request_headers: tuple[tuple[str, str], ...]
    status: int | None
    response_headers: tuple[tuple[str, str], ...]
    body: bytes | None
    body_error: str
    started_at: datetime
    remote_ip: str | None = None
    resource_type: str | None = None


@dataclass(frozen=True, slots=True)
class WarcArchive:
    """A finished archive.

    Attributes:
        data: The gzip-compressed records.
        findings: Bodies that are missing, secrets that were masked.
        exchanges: How many requests are in it.
    """

    data: bytes
    findings: tuple[Finding, ...]
    exchanges: int


def write_warc(exchanges: Iterable[Exchange], *, software: str, secrets: Sequence[str] = ()) -> WarcArchive:
    """Writes an archive of exchanges.

    Args:
        exchanges: In the order in which the requests left.
        software: Name and version of what captured, for the warcinfo record.
        secrets: Values that must not be in the archive wherever they stand (session tokens, codes, passwords).
    """
    sink = _Sink(software, tuple(secrets))
    for exchange in exchanges:
        sink.take(exchange)
    return sink.finish()


class _Sink:
    def __init__(self, software: str, secrets: tuple[str, ...]) -> None:
        self._buffer = BytesIO()
        self._writer = WARCWriter(self._buffer, gzip=True, warc_version="WARC/1.1")
        self._secrets = secrets
        self._findings: list[Finding] = []
        self._count = 0
        info = {"software": software, "format": "WARC File Format 1.1", "conformsTo": _CONFORMS_TO}
        self._writer.write_record(self._writer.create_warcinfo_record("data.warc.gz", info))

    def take(self, exchange: Exchange) -> None:
        self._count += 1
        url = _printable(mask_text(mask_url(exchange.url), self._secrets))
        warc_date = format_utc(exchange.started_at)
        request = self._request(exchange, url, warc_date)
        if exchange.status is None:
            self._writer.write_record(request)
            self._say_missing(url, warc_date, exchange.body_error or "no answer came")
            return
        response = self._response(exchange, url, warc_date)
        self._writer.write_request_response_pair(request, response)
        if _lacks_body(exchange):
            self._say_missing(url, warc_date, exchange.body_error or "the body was not read")

    def finish(self) -> WarcArchive:
        return WarcArchive(self._buffer.getvalue(), tuple(self._findings), self._count)

    def _request(self, exchange: Exchange, url: str, warc_date: str) -> object:
        parts = urlsplit(url)
        target = _printable((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        headers = _clean(public_headers(exchange.request_headers, self._secrets))
        if not any(name.lower() == "host" for name, _ in headers):
            headers.insert(0, ("Host", parts.netloc))
        line = StatusAndHeaders(f"{_printable(exchange.method)} {target} HTTP/1.1", headers, is_http_request=True)
        return self._record(url, "request", warc_date, {}, line, b"")

    def _response(self, exchange: Exchange, url: str, warc_date: str) -> object:
        body, masked = mask_bytes(exchange.body or b"", self._secrets)
        if masked:
            detail = f"{masked} secret values in the body were overwritten with *"
            self._findings.append(Finding(FindingKind.SECRET_MASKED, url, detail, Severity.NOTE))
        headers = _describing_decoded(_clean(public_headers(exchange.response_headers, self._secrets)), len(body))
        extra = {"WARC-IP-Address": exchange.remote_ip} if exchange.remote_ip else {}
        if exchange.resource_type:
            extra["WARC-Resource-Type"] = exchange.resource_type
        if _lacks_body(exchange):
            extra["WARC-Truncated"] = "unspecified"
        if masked:
            extra["X-Archive-Masked"] = str(masked)
        line = StatusAndHeaders(_status_line(exchange.status or 0), headers, protocol="HTTP/1.1")
        return self._record(url, "response", warc_date, extra, line, body)

    def _record(  # noqa: PLR0917 - the parts of one record
        self, url: str, kind: str, warc_date: str, extra: dict[str, str], line: StatusAndHeaders, body: bytes
    ) -> object:
        fields = {"WARC-Date": warc_date, **extra}
        fields["WARC-Payload-Digest"] = str(Digest.of(body))
        return self._writer.create_warc_record(
            url, kind, payload=BytesIO(body), length=len(body), http_headers=line, warc_headers_dict=fields
        )

    def _say_missing(self, url: str, warc_date: str, reason: str) -> None:
        self._findings.append(Finding(FindingKind.BODY_UNREAD, url, reason))
        text = f"body-missing: {_printable(mask_text(reason, self._secrets))}\r\n".encode()
        record = self._writer.create_warc_record(
            url,
            "metadata",
            payload=BytesIO(text),
            length=len(text),
            warc_content_type="application/warc-fields",
            warc_headers_dict={"WARC-Date": warc_date},
        )
        self._writer.write_record(record)


def _lacks_body(exchange: Exchange) -> bool:
    if exchange.body is not None:
        return False
    status = exchange.status or 0
    has_none_by_nature = exchange.method == "HEAD" or status in (204, 304) or 300 <= status < 400
    return not has_none_by_nature


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _describing_decoded(headers: list[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    renamed = [
        (f"X-Archive-Orig-{name}" if name.lower() in _OF_THE_ENCODED_FORM else name, value) for name, value in headers
    ]
    return [*renamed, ("Content-Length", str(length))]


def _clean(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    # Browsers join repeated headers with newlines, and HTTP/2 has names that start with a colon.
    return [
        (quote(name, safe=_HEADER_NAME_MARKS), _printable(line))
        for name, value in headers
        if not name.startswith(":")
        for line in value.split("\n")
    ]


def _printable(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text)
