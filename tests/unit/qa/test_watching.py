"""A trace is kept without what could open somebody's session."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from qa.watching import mask_trace

SID = "sid-0123456789abcdef"


def trace(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return buffer.getvalue()


def read(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_headers_cookies_and_stored_state_are_taken_out_by_name() -> None:
    event = {
        "snapshot": {
            "request": {"headers": [{"name": "Cookie", "value": "a=unknown-value"}], "cookies": [{"value": "u"}]}
        },
        "options": {"storageState": {"cookies": [{"value": "unknown-value"}]}},
        "url": "http://www.localhost/auth/callback?ticket=unknown-value",
    }

    (line,) = read(mask_trace(trace(trace__network=json.dumps(event).encode()), [])).values()

    assert b"unknown-value" not in line
    assert json.loads(line)["snapshot"]["request"]["cookies"] == []


def test_known_values_are_taken_out_wherever_they_stand() -> None:
    masked = read(
        mask_trace(trace(page__html=f"<i>{SID}</i>".encode(), trace__trace=f'{{"a": "{SID}"}}'.encode()), [SID])
    )

    assert [name for name, data in masked.items() if SID.encode() in data] == []


@pytest.mark.parametrize(
    "page",
    [
        b'<input type="hidden" name="csrf" value="0123456789abcdef">',
        b'<meta name="csrf-token" content="0123456789abcdef">',
        b'{"reviewUuid": "1", "csrf": "0123456789abcdef"}',
        b"review=1&csrf=0123456789abcdef&reason=2",
        b'["INPUT",{"__playwright_value_":"0123456789abcdef","name":"csrf","value":"0123456789abcdef"}]',
    ],
)
def test_hidden_tokens_of_forms_are_taken_out(page: bytes) -> None:
    (data,) = read(mask_trace(trace(page__html=page), [])).values()

    assert b"0123456789abcdef" not in data


def test_a_line_that_is_no_event_stays() -> None:
    (data,) = read(mask_trace(trace(trace__trace=b"not json"), [])).values()

    assert data == b"not json\n"
