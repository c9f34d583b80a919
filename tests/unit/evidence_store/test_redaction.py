"""Tokens of a session's forms are known by the names of what holds them, and masked wherever they stand."""

from __future__ import annotations

import quopri

import pytest

from evidence_store.redaction import form_tokens, mask_quoted_printable

TOKEN = "0f9a3c5e7b1d2f4a6c8e0b2d4f6a8c0e"


@pytest.mark.parametrize(
    "page",
    [
        f'<input type="hidden" name="csrf" value="{TOKEN}">',
        f"<input value='{TOKEN}' type=hidden name=csrf_token>",
        f'<meta name="csrf-token" content="{TOKEN}">',
        f'<META CONTENT="{TOKEN}" NAME="_xsrf">',
        f'<input name="authenticity_token" value="{TOKEN}">',
        f'<input name="__RequestVerificationToken" type="hidden" value="{TOKEN}">',
        f'{{"csrfToken": "{TOKEN}"}}',
        f'"{{\\"csrf\\":\\"{TOKEN}\\"}}"',
        f'<div data-state="{{&quot;xsrf-token&quot;:&quot;{TOKEN}&quot;}}"></div>',
        f'<form data-csrf="{TOKEN}">',
        f"window.CSRF_TOKEN = '{TOKEN}';",
        f'["INPUT",{{"__playwright_value_":"x","name":"csrf","value":"{TOKEN}"}}]',
        f'[{{\\"value\\":\\"{TOKEN}\\",\\"name\\":\\"_csrf\\"}}]',
        f"\nreview=1&csrf={TOKEN}&reason=2\n",
    ],
)
def test_a_forms_token_is_found_by_the_name_of_what_holds_it(page: str) -> None:
    assert form_tokens(f"<p>отзыв</p>{page}<p>2</p>".encode()) == {TOKEN}


@pytest.mark.parametrize(
    "page",
    [
        '<input name="review" value="0f9a3c5e7b1d2f4a6c8e0b2d4f6a8c0e">',
        '<input name="csrf" value="">',
        '{"csrfHeader": "X-CSRF-Token"}',
        '{"csrf": "disabled"}',
        '{"error": "stale_csrf", "text": "Форма устарела, обновите страницу"}',
        f'<p>csrf</p><a href="{TOKEN}">',
        "send('review=1&csrf=' + document.cookie)",
    ],
)
def test_what_is_no_token_is_left_alone(page: str) -> None:
    assert form_tokens(page.encode()) == frozenset()


def test_looking_for_tokens_in_much_of_nothing_takes_no_time_to_speak_of() -> None:
    for hostile in (b"csrf" * 100_000, b"<input " * 100_000, b"a" * 400_000, b'csrf="' * 60_000, b'value":"a' * 40_000):
        assert form_tokens(hostile) == frozenset()


@pytest.mark.parametrize("before", range(0, 80, 3))
@pytest.mark.parametrize("secret", [TOKEN, "ab+/cd==ef01/2345"])
def test_a_secret_in_mhtml_is_masked_wherever_the_encoding_breaks_it(before: int, secret: str) -> None:
    source = f"<p>{'x' * before}<input name=csrf value={secret}>отзыв</p>".encode()
    encoded = quopri.encodestring(source)
    masked, count = mask_quoted_printable(encoded, [secret])
    assert count == 1
    assert secret.encode() not in quopri.decodestring(masked)
    assert quopri.decodestring(masked).replace(b"*", b"") == source.replace(secret.encode(), b"")
    assert [len(line) for line in masked.splitlines()] == [len(line) for line in encoded.splitlines()]


def test_some_of_those_breaks_lie_within_the_secret() -> None:
    broken = [n for n in range(0, 80, 3) if TOKEN.encode() not in quopri.encodestring(b"x" * n + TOKEN.encode())]
    assert broken
