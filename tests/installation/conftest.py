"""New stores are copies; papers are not printed where a test says so."""

from tests.fixtures_store import migrated_once, unprinted

__all__ = ["migrated_once", "unprinted"]
