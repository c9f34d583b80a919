"""What is committed names no machine and no package index, so that it means the same everywhere."""

from __future__ import annotations

import re

import pytest

from tests.meta.checkout import ROOT, text_files

_HOME_OF_A_PERSON = re.compile(r"/(?:home|Users)/(?!(?:anna|ivan)\b)[a-z][\w.-]+/|/root/|[A-Z]:\\\\?Users\\\\?\w")
_WORK_FOLDER = re.compile(r"(?<![\w.*)}\]])/(?:work|workspace|builds?|checkout|tmp/[a-z]+)/[\w.]")
_INDEX = re.compile(
    r"--(?:extra-)?index-url[ =]|--find-links|--trusted-host|/simple/|file:///(?!etc/passwd)|\bpypi[.-]"
)

SELF = "tests/meta/test_committed_text.py"


def places(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in text_files():
        name = path.relative_to(ROOT).as_posix()
        if name == SELF:
            continue
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    return found


def test_no_path_of_somebodys_machine_is_committed() -> None:
    assert places(_HOME_OF_A_PERSON) == []
    assert places(_WORK_FOLDER) == []


def test_no_package_index_is_committed() -> None:
    assert places(_INDEX) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (_HOME_OF_A_PERSON, "see /home/kate/notes"),
        (_HOME_OF_A_PERSON, r"C:\Users\kate"),
        (_HOME_OF_A_PERSON, "/root/.cache"),
        (_WORK_FOLDER, "cd /work/main"),
        (_WORK_FOLDER, "in '/builds/x'"),
        (_INDEX, "--index-url https://mirror.example/simple/"),
        (_INDEX, "file:///opt/packages"),
    ],
)
def test_the_search_finds_what_it_looks_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


@pytest.mark.parametrize("line", ["tests/work/main.py", "{home}/work/x", "https://example.org/build/x", "network/"])
def test_the_search_leaves_other_paths_alone(line: str) -> None:
    assert not _HOME_OF_A_PERSON.search(line)
    assert not _WORK_FOLDER.search(line)
