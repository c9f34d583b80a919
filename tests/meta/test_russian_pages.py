"""Pages for sellers say the same in Russian as in English: the same chapters, commands and links."""

from __future__ import annotations

import re

import pytest

from tests.meta.checkout import ROOT

PAGES = ("README", "docs/desk", "docs/windows")

_PRINTED = re.compile(r"<!-- (\w+) -->\n.*?<!-- /\1 -->\n", re.DOTALL)  # what a program printed: in its own language


def shape(page: str) -> dict[str, list[str]]:
    """Returns what both must have alike: levels of headings, commands without their remarks, and links to files."""
    plain = _PRINTED.sub("", page)
    blocks = re.findall(r"^```\w*\n(.*?)^```", plain, re.DOTALL | re.MULTILINE)
    outside = re.sub(r"^```.*?^```", "", plain, flags=re.DOTALL | re.MULTILINE)
    return {
        "headings": re.findall(r"^(#+) ", outside, re.MULTILINE),
        "commands": [line.split("  #")[0].split(" # ")[0].rstrip() for block in blocks for line in block.splitlines()],
        "links": sorted(
            set(re.findall(r"\]\(([\w./-]+)\)", outside))
            - {f"{name}{kind}.md" for name in PAGES for kind in ("", ".ru")}
        ),
    }


def read(file: str) -> str:
    return (ROOT / file).read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_the_russian_page_has_what_the_english_one_has(name: str) -> None:
    assert shape(read(f"{name}.ru.md")) == shape(read(f"{name}.md"))


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("fairreview poll ", "fairreview watch "),
        ("\n## ", "\n### "),
        ("(docs/looking.md)", "(docs/other.md)"),
    ],
)
def test_a_change_in_one_of_them_is_found(here: str, there: str) -> None:
    page = read("README.ru.md")
    assert here in page
    assert shape(page.replace(here, there, 1)) != shape(page)
