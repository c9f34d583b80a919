"""Keeping evidence over time: checks, checkpoints, the seller's own files, and custody."""
