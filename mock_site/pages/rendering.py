"""Templates to text, in one of two layouts with hashed class names."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mock_site.pages import dates
from mock_site.switches import Layout

_ROOT = Path(__file__).parent.parent
_CSS_CLASS = re.compile(r"\.k-([a-z-]+)")
_SINGLE_QUOTED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;"})


@dataclass(frozen=True, slots=True)
class PageStyle:
    """Layout and deploy number of a page: they decide markup and class names."""

    layout: Layout
    deploy: int

    def k(self, name: str) -> str:
        """The hashed class of a name; changes with layout and deploy, as the site's do."""
        return _hashed(self.layout, self.deploy, name)


@cache
def _hashed(layout: str, deploy: int, name: str) -> str:
    digest = hashlib.sha256(f"{layout}{deploy}{name}".encode()).digest()
    letters = "".join("abcdefghijklmnopqrstuvwxyz"[byte % 26] for byte in digest[:4])
    return f"{letters}{digest[4] % 10}_{28 + deploy}"


class Renderer:
    """Renders the templates; escaping is always on."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(_ROOT / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            state=state_div, day=dates.day, minute=dates.minute, reviews_word=dates.reviews_word
        )

    def render(self, template: str, style: PageStyle, context: dict[str, object]) -> str:
        """Renders one template."""
        frame: dict[str, object] = {"k": style.k, "style": style, "layout_file": f"layout_{style.layout.lower()}.html"}
        return self._templates.get_template(template).render({**frame, **context})

    def stylesheet(self, style: PageStyle) -> str:
        """The layout's stylesheet with this deploy's class names."""
        return _CSS_CLASS.sub(
            lambda match: "." + style.k(match.group(1)), _static(f"layout_{style.layout.lower()}.css")
        )

    def script(self, name: str) -> str:
        """A script: ``site``, ``filing``, ``cabinet``, ``messenger``, ``buyer_chat`` or ``worker``."""
        return _static(f"{name}.js")


@cache
def _static(name: str) -> str:
    return (_ROOT / "static" / name).read_text(encoding="utf-8")


def state_div(state_id: str, state: object) -> Markup:
    """The hydration node of a widget, single-quoted as the site does it."""
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":")).translate(_SINGLE_QUOTED)
    return Markup(f"<div id=\"state-{state_id}\" data-state='{text}'></div>")  # noqa: S704 - escaped above
