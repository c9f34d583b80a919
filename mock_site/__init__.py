"""A small Ozon on loopback: for the demo, for QA and for tests. Imports nothing until asked."""
