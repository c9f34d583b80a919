"""Questions to the person at the terminal: asked again until the answer can be used, in Russian or English letters."""

from __future__ import annotations

import base64
import binascii
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import typer

from monitor.cli import output
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.language.stand_ins import fitting

_Kept = TypeVar("_Kept")

SHORTEST_PASSPHRASE = 10  # characters; the secret store asks for as many
_YES, _NO = frozenset({"y", "yes", "д", "да"}), frozenset({"n", "no", "н", "нет"})


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def prompt(question: str, **how: Any) -> Any:
    """Asks for one line, in letters that the terminal can show: the library writes UTF-8 where there is ASCII alone."""
    return typer.prompt(fitting(question, getattr(sys.stderr, "encoding", None)), err=True, **how)


def ask(question: str, check: Callable[[str], _Kept], *, default: str = "", is_hidden: bool = False) -> _Kept:
    """Asks until the answer can be used; what is wrong with one is said at once.

    Args:
        question: What is asked.
        check: Returns the answer as it is kept.
        default: What Enter alone means; shown where it is not empty.
        is_hidden: Whether what is typed stays unseen.

    Raises:
        typer.Abort: the person left.
    """
    while True:
        answer = prompt(question, default=default, show_default=bool(default), hide_input=is_hidden)
        try:
            return check(str(answer).strip())
        except SettingsError as error:
            output.say(f"  {error}", style="bold red")
            if error.hint:
                output.say(f"  {error.hint}")


def agrees(question: str, *, default: bool = False) -> bool:
    """Asks for a yes or a no: y, yes, д, да, n, no, н, нет; Enter takes the one in capitals.

    Raises:
        typer.Abort: the person left.
    """
    while True:
        choice = _("Y/n") if default else _("y/N")
        answer = str(prompt(f"{question} [{choice}]", default="", show_default=False)).strip().lower()
        if answer in _YES or answer in _NO or not answer:
            return answer in _YES if answer else default
        output.say(_("  Answer y or n (да или нет)."))


def ask_code_secret() -> str:
    """Asks for the secret of an authenticator until it is one: base32, as sites show it.

    Raises:
        typer.Abort: the person left.
    """
    return ask(_("Secret of the authenticator (base32)"), _code_secret, is_hidden=True)


def new_passphrase() -> str:
    """Asks for a new passphrase, twice, until both are the same and long enough.

    Raises:
        typer.Abort: the person left.
    """
    while True:
        first = str(
            prompt(_("Passphrase ({least} characters or more)").format(least=SHORTEST_PASSPHRASE), hide_input=True)
        )
        if len(first) < SHORTEST_PASSPHRASE:
            output.say(
                _("  That has {count} characters; {least} or more are needed.").format(
                    count=len(first), least=SHORTEST_PASSPHRASE
                )
            )
        elif first != str(prompt(_("The same once more"), hide_input=True)):
            output.say(_("  The two differ; once again, please."))
        else:
            return first


def forget_typed_ahead() -> None:
    """Drops what was typed and not read, so that the shell does not take the rest of an answer for a command."""
    if not is_terminal():
        return
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - there alone

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios  # noqa: PLC0415 - not on Windows

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def _code_secret(text: str) -> str:
    plain = text.replace(" ", "").rstrip("=")
    try:
        base64.b32decode(plain.upper() + "=" * (-len(plain) % 8))
    except binascii.Error:
        plain = ""
    if not plain:
        raise SettingsError(
            _("this is no secret of an authenticator"), hint=_("Only letters A to Z and digits 2 to 7.")
        )
    return plain
