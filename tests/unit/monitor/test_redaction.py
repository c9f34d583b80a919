"""The redactor: a known secret is found in every usual spelling, and a named one without being known."""

from __future__ import annotations

import base64
import json
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.secrets.redaction import Redactor, is_secret_name

SECRET = 'Pä$$ "wörd"/+<&>кириллица=9'

SPELLINGS = {
    "as it is": SECRET,
    "percent": quote(SECRET, safe=""),
    "form": quote_plus(SECRET),
    "json": json.dumps(SECRET),
    "json with letters": json.dumps(SECRET, ensure_ascii=False),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 for addresses": base64.urlsafe_b64encode(SECRET.encode()).decode(),
    "base64 behind one byte": base64.b64encode(b"a" + SECRET.encode() + b"z").decode(),
    "base64 behind a name": base64.b64encode(b"me:" + SECRET.encode()).decode(),
    "base64 behind two bytes": base64.b64encode(b"ab" + SECRET.encode() + b"yz").decode(),
    "hexadecimal": SECRET.encode().hex(),
    "html": escape(SECRET),
}


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.add(SECRET, "password")
    return redactor


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_known_secret_is_taken_out_in_any_spelling(redactor: Redactor, name: str) -> None:
    text = f"before {SPELLINGS[name]} after"

    hidden = redactor.redact(text)

    assert "[password hidden]" in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")
    assert redactor.find(text.encode()) == ("password",)
    assert redactor.find(hidden.encode()) == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_known_secret_is_found_in_wide_bytes(redactor: Redactor, encoding: str) -> None:
    assert redactor.find(b"\0\1" + SECRET.encode(encoding)) == ("password",)


@given(st.text(min_size=8, max_size=40), st.binary(max_size=20), st.binary(max_size=20))
def test_base64_is_found_wherever_it_starts(secret: str, before: bytes, after: bytes) -> None:
    redactor = Redactor()
    redactor.add(secret)

    assert redactor.find(base64.b64encode(before + secret.encode() + after))


NAMED = [
    ("Cookie: sid=abcdef; path=/", "abcdef"),
    ("Authorization: Bearer abc.def.ghi", "abc.def.ghi"),
    ("password=hunter2&next=/", "hunter2"),
    ('{"csrf_token": "abc def", "page": 1}', "abc def"),
    ("'one_time_code': '123456'", "123456"),
    ("totp_secret = JBSWY3DP", "JBSWY3DP"),
    ("x-api-key: k-123", "k-123"),
]


@pytest.mark.parametrize(("text", "value"), NAMED)
def test_a_value_under_the_name_of_a_secret_is_taken_out_unknown(text: str, value: str) -> None:
    hidden = Redactor().redact(text)

    assert value not in hidden
    assert "[hidden]" in hidden


@pytest.mark.parametrize("text", ["a password is needed", "the session ended", "page=2&sort=score_asc", "token ring"])
def test_ordinary_words_stay(text: str) -> None:
    assert Redactor().redact(text) == text


def test_fields_are_hidden_by_name_and_by_value_at_any_depth(redactor: Redactor) -> None:
    fields = {"cookie": 1, "page": 2, "list": [{"token": "x", "note": f"is {SECRET}"}], "none": None}

    assert redactor.redact_fields(fields) == {
        "cookie": "[hidden]",
        "page": 2,
        "list": [{"token": "[hidden]", "note": "is [password hidden]"}],
        "none": None,
    }


def test_a_longer_secret_goes_as_a_whole() -> None:
    redactor = Redactor()
    redactor.add("secretbase")
    redactor.add("secretbase-and-more")

    assert redactor.redact("secretbase-and-more") == "[secret hidden]"


def test_the_cookies_of_a_session_are_learned_and_short_ones_are_not() -> None:
    redactor = Redactor()
    state = {"cookies": [{"name": "sid", "value": "abcdefghijkl"}, {"name": "lang", "value": "ru"}]}
    redactor.learn("session/shop/site_profile", json.dumps(state).encode())

    assert redactor.redact("ru abcdefghijkl") == "ru [session hidden]"


@pytest.mark.parametrize("state", [b"[]", b"null", b'{"cookies": 1}', b"\xff\xfe", b'{"cookies": [1, {}]}'])
def test_a_session_that_is_none_is_no_error(state: bytes) -> None:
    Redactor().learn("session/shop/site_profile", state)


def test_very_short_values_are_not_hidden_by_value() -> None:
    redactor = Redactor()
    redactor.add("1")

    assert redactor.redact("page 1") == "page 1"


@pytest.mark.timeout(10)
def test_a_megabyte_of_hostile_text_takes_bounded_time(redactor: Redactor) -> None:
    for text in ("a-" * 500_000, "password" * 120_000, "password =" + " " * 1_000_000, '"' * 1_000_000):
        redactor.redact(text)


@pytest.mark.parametrize("name", ["password", "csrf_token", "X-Api-Key", "Set-Cookie", "totp", "session_id"])
def test_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["review", "session_age", "cookie_banner", "passage", "position", "side"])
def test_other_names_are_not(name: str) -> None:
    assert not is_secret_name(name)
