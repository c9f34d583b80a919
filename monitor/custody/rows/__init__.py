"""Rows held against what was sealed: the log's entries, the manifests, and the readings that were taken at capture."""

from monitor.custody.rows.checking import check_rows, differences

__all__ = ["check_rows", "differences"]
