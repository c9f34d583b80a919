"""A WACZ file around a finished WARC, so that what the browser loaded can be replayed by other people's tools.

Own writer because the usual one puts cookies and posted bodies into its index. Follows WACZ 1.1.1; checked with
``wacz validate``. The file is derived: the WARC inside is byte for byte the stored artifact.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from urllib.parse import parse_qsl, urlencode, urlsplit

from warcio.archiveiterator import ArchiveIterator

from evidence_store.canonical import format_utc
from evidence_store.digests import Digest

WARC_PATH = "archive/data.warc.gz"
_INDEX_PATH = "indexes/index.cdx"
_PAGES_PATH = "pages/pages.jsonl"


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """A page a person may open in a replay: its address, title and the moment of its request."""

    url: str
    title: str
    loaded_at: datetime


def write_wacz(warc: bytes, pages: Sequence[ArchivedPage], *, title: str, created: datetime, software: str) -> bytes:
    """Packs a WARC with an index and a list of pages.

    Args:
        warc: A gzip-compressed WARC as ``warc.write_warc`` makes it; goes in unchanged.
        pages: The pages that were opened; the first one is the main page.
        title: What the archive is about.
        created: Moment of packing.
        software: Name and version of what packed it.
    """
    files = {WARC_PATH: warc, _INDEX_PATH: _index(warc), _PAGES_PATH: _page_list(pages)}
    package = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": title,
        "created": format_utc(created),
        "software": software,
        "resources": [_resource(path, data) for path, data in files.items()],
    }
    if pages:
        package |= {"mainPageUrl": pages[0].url, "mainPageDate": format_utc(pages[0].loaded_at)}
    package_bytes = _json(package)
    digest = {"path": "datapackage.json", "hash": str(Digest.of(package_bytes))}
    files |= {"datapackage.json": package_bytes, "datapackage-digest.json": _json(digest)}
    return _zip(files, created)


def find_page(warc: bytes, url: str, title: str) -> ArchivedPage | None:
    """Finds the answer that a person saw at an address, else the first page of the archive; None when it has none."""
    wanted, first = url.partition("#")[0], None
    for record in ArchiveIterator(BytesIO(warc)):
        if record.rec_type != "response" or record.http_headers.get_statuscode() != "200":
            continue
        target, moment = (record.rec_headers.get_header(f"WARC-{name}") for name in ("Target-URI", "Date"))
        page = ArchivedPage(target, title, datetime.fromisoformat(moment))
        if target == wanted:
            return page
        if first is None and (record.http_headers.get_header("Content-Type") or "").startswith("text/html"):
            first = page
    return first


def surt(url: str) -> str:
    """Returns the sort-friendly form of an address, the key of the index (``com,example)/path?a=1``)."""
    parts = urlsplit(url.lower())
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{','.join(reversed(host.split('.')))}{port}){parts.path or '/'}{'?' + query if query else ''}"


def _index(warc: bytes) -> bytes:
    lines = []
    methods: dict[str, str] = {}
    iterator = ArchiveIterator(BytesIO(warc))
    for record in iterator:
        headers = record.rec_headers
        if record.rec_type == "request":
            methods[headers.get_header("WARC-Concurrent-To") or ""] = record.http_headers.protocol
        elif record.rec_type == "response":
            record_id, url, moment = (headers.get_header(f"WARC-{n}") for n in ("Record-ID", "Target-URI", "Date"))
            fields = {
                "url": url,
                "mime": (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip(),
                "status": record.http_headers.get_statuscode(),
                "digest": headers.get_header("WARC-Payload-Digest"),
                "filename": WARC_PATH.rpartition("/")[2],
            }
            offset = iterator.get_record_offset()
            iterator.read_to_end(record)
            fields |= {"offset": str(offset), "length": str(iterator.get_record_length())}
            lines.append((record_id, url, moment, fields))
    return b"".join(
        sorted(_index_line(url, moment, fields, methods.get(key, "GET")) for key, url, moment, fields in lines)
    )


def _index_line(url: str, moment: str, fields: dict[str, str], method: str) -> bytes:
    digits = "".join(mark for mark in moment if mark.isdigit())[:14]
    key = url
    if method not in ("GET", "HEAD"):
        # Otherwise the answer to a POST would be replayed for a GET of the same address.
        key += ("&" if "?" in url else "?") + f"__wb_method={method}"
        fields = {**fields, "method": method}
    return f"{surt(key)} {digits} ".encode() + _json(fields, compact=True) + b"\n"


def _page_list(pages: Sequence[ArchivedPage]) -> bytes:
    head: dict[str, str] = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    rows = [
        {"id": str(number), "url": page.url, "title": page.title, "ts": format_utc(page.loaded_at)}
        for number, page in enumerate(pages, 1)
    ]
    return b"".join(_json(row, compact=True) + b"\n" for row in [head, *rows])


def _resource(path: str, data: bytes) -> dict[str, str | int]:
    return {"name": path.rpartition("/")[2], "path": path, "hash": str(Digest.of(data)), "bytes": len(data)}


def _json(value: object, *, compact: bool = False) -> bytes:
    if compact:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def _zip(files: dict[str, bytes], created: datetime) -> bytes:
    buffer = BytesIO()
    moment = max(created.timetuple()[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, moment)
            entry.external_attr = 0o600 << 16
            # Players read ranges out of the WARC, so it must lie in the file as it is.
            entry.compress_type = zipfile.ZIP_STORED
            archive.writestr(entry, data)
    return buffer.getvalue()
