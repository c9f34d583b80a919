"""Help and complaints of the command line's library in the language that is spoken.

The words of a command's help are written in English where the command stands; a command takes them from the catalogue
when it is made. What the library itself says, and has no translation for, is said here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from monitor.language import gettext as _

EXAMPLE = "Example:"
"""How a paragraph begins that is a command line; the line itself is the same in every language."""


def paragraphs(text: str) -> Iterator[str]:
    """Yields the messages of a help text: its paragraphs, each in one line, without command lines."""
    for paragraph in text.replace("\b", "").strip().split("\n\n"):
        plain = " ".join(paragraph.split())
        if plain and not plain.startswith(EXAMPLE):
            yield plain


def in_language(text: str | None) -> str | None:
    """Returns a help text with each paragraph as it is in the language that is spoken."""
    if not text:
        return text
    return "\n\n".join(map(_paragraph, text.strip().split("\n\n")))


def _paragraph(paragraph: str) -> str:
    plain = " ".join(paragraph.replace("\b", "").split())
    if plain.startswith(EXAMPLE):
        return paragraph.replace(EXAMPLE, _("Example:"), 1)
    told = _(plain) if plain else plain
    return paragraph if told == plain else told


class SpokenCommand(TyperCommand):
    """A command whose help is told in the language that is spoken."""

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **_told(settings, _("[OPTIONS]")))

    def get_help_option(self, ctx: Any) -> Any:
        """Returns the option ``--help``; its words are the library's."""
        return _with_words(super().get_help_option(ctx))

    def get_usage(self, ctx: Any) -> str:
        """Returns the line that shows how the command is written."""
        return _usage(super().get_usage(ctx))


class SpokenGroup(TyperGroup):
    """A group whose help is told in the language that is spoken."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**_told(settings, _("[OPTIONS]")))
        self.subcommand_metavar = _("COMMAND [ARGS]...")

    def get_params(self, ctx: Any) -> list[Any]:
        """Returns the options; those of completion are put there by the library once the group is made."""
        found = super().get_params(ctx)
        for option in (one for one in found if isinstance(one, TyperOption) and one.name in _COMPLETION):
            option.help = in_language(option.help)
            if option.name == "install_completion":
                option.callback = _install_completion
        return found

    def get_help_option(self, ctx: Any) -> Any:
        """Returns the option ``--help``; its words are the library's."""
        return _with_words(super().get_help_option(ctx))

    def get_usage(self, ctx: Any) -> str:
        """Returns the line that shows how the group is written."""
        return _usage(super().get_usage(ctx))


def speak_everywhere(app: typer.Typer) -> None:
    """Has every command and group below an application told in the language that is spoken."""
    for command in app.registered_commands:
        command.cls = SpokenCommand
    for group in app.registered_groups:
        group.cls = SpokenGroup
        if group.typer_instance is not None:
            speak_everywhere(group.typer_instance)


_COMPLETION = {"install_completion", "show_completion"}
_ALIKE = " Did you mean "  # of the library, behind its sentence about a command


def complaint(error: typer.TyperException) -> str:
    """Says what the library does not like about a command line; its own English words where it has none of ours."""
    parameter = getattr(error, "param", None)
    named = _named(error, parameter)
    match type(error).__name__:
        case "MissingParameter" if isinstance(parameter, TyperArgument):
            return _("The argument {name} is missing.").format(name=named)
        case "MissingParameter":
            return _("The option {name} is missing.").format(name=named)
        case "BadParameter" if named:
            return _("{name} cannot be this: {reason}").format(name=named, reason=_reason(error, parameter))
        case "NoSuchOption":
            option = getattr(error, "option_name", "")
            alike = ", ".join(sorted(getattr(error, "possibilities", None) or ()))
            told = _("There is no option {name}.").format(name=option)
            return told + (" " + _("Did you mean: {names}?").format(names=alike) if alike else "")
        case "BadOptionUsage":
            return _("The option {name} is not written so: does a value lack, or is there one too many?").format(
                name=getattr(error, "option_name", "")
            )
    told, alike, names = _(error.format_message()).partition(_ALIKE)
    return f"{told} " + _("Did you mean: {names}?").format(names=names.rstrip("?")) if alike else told


def command_of(error: typer.TyperException) -> str:
    """Returns the command whose help says what would have been right: the one that was named, or the whole program."""
    context = getattr(error, "ctx", None)
    path = str(getattr(context, "command_path", "") or "").split()
    return " ".join(("fairreview", *path[1:]))


def _reason(error: Exception, parameter: object) -> str:
    """Says why a value does not do; ours come without a cause, the library's with what its values were checked by."""
    message = str(getattr(error, "message", ""))
    if error.__cause__ is None or not hasattr(error.__cause__, "errors"):
        return _(message)
    if known := getattr(getattr(parameter, "type_descriptor", None), "choices", None):
        return _("there are: {names}").format(names=", ".join(filter(None, map(str, known))))
    found = error.__cause__.errors()[0]
    match str(found.get("type", "")):
        case "int_parsing" | "int_type" | "int_from_float":
            return _("a whole number is needed")
        case "float_parsing" | "float_type":
            return _("a number is needed")
        case "greater_than_equal" | "greater_than":
            return _("the number is too small")
        case "less_than_equal" | "less_than":
            return _("the number is too large")
    return message


def _named(error: Exception, parameter: object) -> str:
    hint = getattr(error, "param_hint", None)
    if isinstance(hint, str):
        return hint
    if isinstance(parameter, TyperOption):
        return " / ".join(parameter.opts)
    return (parameter.metavar or parameter.name or "").upper() if isinstance(parameter, TyperArgument) else ""


def _told(settings: dict[str, Any], metavar: str) -> dict[str, Any]:
    for parameter in settings.get("params") or ():
        if isinstance(parameter, TyperOption | TyperArgument):
            parameter.help = in_language(parameter.help)
    named = {key: in_language(settings.get(key)) for key in ("help", "short_help", "epilog")}
    return {**settings, **named, "options_metavar": metavar}


def _install_completion(context: Any, _parameter: object, value: Any) -> Any:
    """Does what the library does with this option, whose own words are English alone."""
    if not value or context.resilient_parsing:
        return value
    from typer._completion_shared import install  # noqa: PLC0415 - where it is asked for alone

    from monitor.cli import output  # noqa: PLC0415 - see above

    shell, path = install(shell=value if isinstance(value, str) else None)
    output.say(_("Completion for {shell} is in {path}; the next terminal has it.").format(shell=shell, path=path))
    raise typer.Exit


def _with_words(option: Any) -> Any:
    if option is not None:
        option.help = _("Show this message and exit.")
    return option


def _usage(line: str) -> str:
    return line.replace("Usage: ", _("Usage: "), 1)
