"""Stored pages and what the readings must make of them: one folder a case."""
