"""The tag files that make a folder a bag (BagIt 1.0, RFC 8493), so that ``bagit --validate`` can check it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from evidence_store.digests import Digest

PAYLOAD = "data"
DECLARATION_PATH, DECLARATION = "bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
INFO_PATH, PAYLOAD_LIST_PATH, TAG_LIST_PATH = "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"
_UNSAFE = re.compile(r"(^|/)\.\.?(/|$)|^/|^[A-Za-z]:|\\|[\x00-\x1f]")


def info_file(info: Mapping[str, str]) -> bytes:
    """Returns ``bag-info.txt``: label to value. It has no ``Payload-Oxum``: the signed list is payload and names it."""
    return "".join(f"{label}: {_one_line(value)}\n" for label, value in info.items()).encode()


def payload_list(payload: Mapping[str, Digest]) -> bytes:
    """Returns ``manifest-sha256.txt``.

    Args:
        payload: Path inside the bag (``data/…``) to digest.

    Raises:
        ValueError: a path that could lead out of the bag, or that is not under ``data/``.
    """
    for path in payload:
        if _UNSAFE.search(path) or not path.startswith(f"{PAYLOAD}/"):
            raise ValueError(f"not a path of a payload: {path!r}")
    return digest_list(payload)


def digest_list(digests: Mapping[str, Digest]) -> bytes:
    """Returns a list of paths with their digests, in order; ``tagmanifest-sha256.txt`` is one over all but payload."""
    return "".join(f"{digest.hex}  {_encoded(path)}\n" for path, digest in sorted(digests.items())).encode()


def _encoded(path: str) -> str:
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _one_line(value: str) -> str:
    return " ".join(value.split())
