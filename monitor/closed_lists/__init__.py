"""Closed lists that are stored or shown by their values: a member may be added, never renamed; words are elsewhere."""
