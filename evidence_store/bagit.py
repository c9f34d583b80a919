"""The tag files that make a folder a bag (BagIt 1.0, RFC 8493), so that ``bagit --validate`` can check it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from evidence_store.digests import Digest

PAYLOAD = "data"
_UNSAFE = re.compile(r"(^|/)\.\.?(/|$)|^/|^[A-Za-z]:|\\|[\x00-\x1f]")


def tag_files(payload: Mapping[str, Digest], sizes: Mapping[str, int], info: Mapping[str, str]) -> dict[str, bytes]:
    """Returns the tag files for a payload.

    Args:
        payload: Path inside the bag (``data/…``) to digest.
        sizes: The same paths to size in bytes.
        info: Lines of ``bag-info.txt``: label to value.

    Raises:
        ValueError: a path that could lead out of the bag, or that is not under ``data/``.
    """
    for path in payload:
        if _UNSAFE.search(path) or not path.startswith(f"{PAYLOAD}/"):
            raise ValueError(f"not a path of a payload: {path!r}")
    lines = dict(info) | {"Payload-Oxum": f"{sum(sizes[path] for path in payload)}.{len(payload)}"}
    return {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{label}: {_one_line(value)}\n" for label, value in lines.items()).encode(),
        "manifest-sha256.txt": _manifest(payload),
    }


def tag_manifest(files: Mapping[str, bytes]) -> bytes:
    """Returns ``tagmanifest-sha256.txt`` over all files of the bag that are not payload."""
    return _manifest({path: Digest.of(data) for path, data in files.items()})


def _manifest(digests: Mapping[str, Digest]) -> bytes:
    return "".join(f"{digest.hex}  {_encoded(path)}\n" for path, digest in sorted(digests.items())).encode()


def _encoded(path: str) -> str:
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _one_line(value: str) -> str:
    return " ".join(value.split())
