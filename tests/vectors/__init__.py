"""Vectors for whoever writes a checker of bundles: zips with their findings, signatures with their answers.

python -m tests.vectors      makes them anew (they hold random salts, so every byte changes)
"""
