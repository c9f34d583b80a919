"""Tests of what goes on beyond the appeal."""
