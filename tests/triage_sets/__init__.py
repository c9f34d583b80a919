"""Labelled texts for triage, and what is trained on some of them."""
