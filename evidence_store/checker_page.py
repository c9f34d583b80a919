"""The checker for people without Python: one HTML page, opened from disk, that says what ``verify.py`` says.

The rules are written twice, in Python and in JavaScript, so that two readings hold each other; words, levels and shapes
are one table for both.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files as package_files

from evidence_store.verifier import archive, captures, container, program, reading, rules

_PARTS = ("reading", "ed25519", "archive", "container", "log", "anchors", "captures", "bundle", "page")
_SHAPES = {
    "versioned": {"format": "text", "*": "any"},
    "line": reading.LINE_SHAPE,
    "body": reading.BODY_SHAPE,
    "signature": reading.SIGNATURE_SHAPE,
    "checkpoint": reading.CHECKPOINT_SHAPE,
    "continuation": reading.CONTINUATION_SHAPE,
    "capture": reading.CAPTURE_SHAPE,
    "old_bundle": reading.OLD_BUNDLE_SHAPE,
    "bundle": reading.BUNDLE_SHAPE,
}


def render_checker() -> bytes:
    """Returns the page. It is the same bytes everywhere, so its digest can be published."""
    script = "\n".join(['"use strict";', _tables(), *(_read(f"{name}.js") for name in _PARTS)])
    style = _read("page.css")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_source(script)}'",
            f"style-src '{_source(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    page = _read("page.html")
    for name, text in (("policy", policy), ("style", style), ("script", script)):
        page = page.replace(f"{{{name}}}", text, 1)
    return page.encode()


def _tables() -> str:
    constants = {
        "RULES": rules.RULES,
        "ABSENT": rules.ABSENT,
        "WORDS": {
            "good": rules.GOOD,
            "bad": rules.BAD,
            "open": rules.OPEN,
            "noKey": rules.NO_KEY,
            "unjudged": rules.UNJUDGED,
        },
        "PATTERNS": reading.PATTERNS,
        "SHAPES": _SHAPES,
        "NOT_JSON": reading.NOT_JSON,
        "DEEPEST": reading.DEEPEST,
        "KEPT": container.KEPT,
        "PLAIN_FIELDS": archive.PLAIN_FIELDS,
        "LARGEST_ALL": container.LARGEST_ALL,
        "LARGEST_FILE": container.LARGEST_FILE,
        "LARGEST_READ": container.LARGEST_READ,
        "MOST_PACKED": container.MOST_PACKED,
        "BOMB": container.BOMB,
        "UNLIKE_ELSEWHERE": container.UNLIKE_ELSEWHERE,
        "LONGEST_PART": container.LONGEST_PART,
        "MOST_PARTS": container.MOST_PARTS,
        "LARGEST_JSON": reading.LARGEST_JSON,
        "MOST_FINDINGS": reading.MOST_FINDINGS,
        "MOST_SHOWN": program.MOST_SHOWN,
        "MOST_FILES": container.MOST_FILES,
        "CLOCKS_DIFFER": captures.CLOCKS_DIFFER,
    }
    lines = (f"const {name} = {json.dumps(value, ensure_ascii=False)};" for name, value in constants.items())
    return "\n".join(lines).replace("<", "\\u003c")


def _source(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _read(name: str) -> str:
    return package_files("evidence_store").joinpath("checker", name).read_text("utf-8").replace("\r\n", "\n")
