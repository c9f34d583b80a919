"""Keeping ``watch`` running by the operating system's own means: what is written, and the commands that tell it."""
