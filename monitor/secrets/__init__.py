"""Secrets at rest and on their way out: the encrypted store, what is kept in it, and the redactor."""
