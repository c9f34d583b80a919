"""What the driver cannot see of a request's body, it must not send."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from flows.pinned import find_unseen_part

if TYPE_CHECKING:
    from playwright.sync_api import Request

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=----b"


def part(disposition: str, content: bytes = b"") -> bytes:
    return b"------b\r\nContent-Disposition: form-data; " + disposition.encode() + b"\r\n\r\n" + content + b"\r\n"


FILE = 'name="file"; filename="снимок.png"\r\nContent-Type: image/png'
NO_FILE = 'name="file"; filename=""\r\nContent-Type: application/octet-stream'


@pytest.mark.parametrize(
    ("kind", "body", "unseen"),
    [
        (FORM, b"text=x", ""),
        ("", None, ""),
        (FORM, None, f"its body ({FORM})"),
        (PARTS, part('name="text"') + b"------b--", ""),
        (PARTS, part(NO_FILE) + b"------b--", ""),
        (PARTS, part(FILE, b"\r\n\x89PNG\r\n") + b"------b--", ""),
        (PARTS, part(FILE) + b"------b--", "the file снимок.png"),
        (PARTS, part('name="text"', b"x") + part(FILE, b"\x89PNG") + part(FILE) + b"------b--", "the file снимок.png"),
        ("application/json", b'{"filename": ""}', ""),
    ],
)
def test_a_body_is_whole_or_its_missing_part_is_named(kind: str, body: bytes | None, unseen: str) -> None:
    request = SimpleNamespace(post_data_buffer=body, headers={"content-type": kind} if kind else {})

    assert find_unseen_part(cast("Request", request)) == unseen
