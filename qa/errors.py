"""Errors of the QA tools themselves; what a page or a flow says is in ``flows.errors``."""

from __future__ import annotations


class OrderRefused(Exception):
    """What was asked for is not possible or not allowed here: correct the command.

    Attributes:
        where: The option or file at fault.
        hint: The next step, for a person.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.where = where
        self.hint = hint
