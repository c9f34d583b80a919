"""The verifier of bundles: checks a folder or a zip with the standard library alone.

It shares no code with the rest of this room on purpose, so that it is a second reading of the formats, and it needs
nothing newer than Python 3.8: ``evidence_store.verifier_program`` joins its parts to the one file ``verify.py`` that
lies in every bundle. The rules, with their numbers, are in ``docs/bundle-format.md``.
"""

from evidence_store.verifier.bundle import check_bundle
from evidence_store.verifier.reading import Report

__all__ = ["Report", "check_bundle"]
