"""The checkout as the meta tests see it: its own files, without what was made by running things."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("monitor", "flows", "evidence_store", "mock_site", "qa")
TOP_LEVEL = {*PACKAGES, "selectors", "tests", "benchmarks", "docs", ".ci"}

_MADE = {".git", ".venv", "var", "dist", "build", "__pycache__", "test-results"}
_TEXT = {".py", ".toml", ".md", ".html", ".css", ".js", ".json", ".txt", ".lock", ".cfg", ".ini", ".yml", ".yaml", ""}


def own_files(*folders: str, suffix: str = "") -> Iterator[Path]:
    """Yields the files of the project, of all folders or of some."""
    for start in [ROOT / folder for folder in folders] or [ROOT]:
        for path in sorted(start.rglob(f"*{suffix}")):
            parts = path.relative_to(ROOT).parts
            is_made = any(part in _MADE or part.endswith(("_cache", ".egg-info", ".hypothesis")) for part in parts)
            if path.is_file() and not is_made:
                yield path


def text_files() -> Iterator[Path]:
    """Yields the files that hold text a person wrote or will read."""
    return (path for path in own_files() if path.suffix in _TEXT or path.name.startswith("."))


def python_files(*folders: str) -> Iterator[Path]:
    """Yields the Python files of some folders."""
    return own_files(*folders, suffix=".py")


def pyproject() -> dict[str, dict[str, object]]:
    """Reads pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
