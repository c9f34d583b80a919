"""Changes of ``config.toml`` by commands: its comments and order stay, and it is valid as a whole or not written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import tomlkit
from tomlkit.items import AoT, Array, Table

from monitor.config.file import read_config
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings, check_config
from monitor.config.template import render_account
from monitor.errors import SettingsError
from monitor.files.private import write_private
from monitor.language import gettext as _

_LINES_FROM = 3  # products: from so many on, each stands on a line of its own


def set_products(path: Path, account: str, products: Sequence[str], *, paused: Sequence[str] | None = None) -> Settings:
    """Writes an account's products, and which of them rest; None leaves those as they are.

    Raises:
        SettingsError: the account does not stand in the file, a product is not allowed, or the file cannot be written.
    """

    def change(document: tomlkit.TOMLDocument) -> None:
        table = _table_of(document, account, path)
        _write_list(table, "products", list(products))
        if paused or (paused is not None and "paused_products" in table):
            _write_list(table, "paused_products", list(paused))

    return _edit(path, lambda text: _changed(text, change))


def set_account(path: Path, account: str, values: Mapping[str, object]) -> Settings:
    """Writes keys of an account; a mapping is one of its tables, of which the other keys stay.

    Raises:
        SettingsError: the account does not stand in the file, a value is not allowed, or the file cannot be written.
    """
    return _edit(path, lambda text: _changed(text, lambda document: _put(_table_of(document, account, path), values)))


def set_table(path: Path, name: str, values: Mapping[str, object]) -> Settings:
    """Writes keys of a section of the file, which is made where it is missing.

    Raises:
        SettingsError: a value is not allowed, or the file cannot be written.
    """
    return _edit(path, lambda text: _changed(text, lambda document: _put(document, {name: values})))


def add_account(path: Path, account: AccountSection) -> Settings:
    """Adds an account at the end of the file, with its keys explained.

    Raises:
        SettingsError: there is one of that name, or the file cannot be written.
    """
    return _edit(path, lambda text: text.rstrip("\n") + "\n" + render_account(account))


def remove_account(path: Path, account: str) -> Settings:
    """Takes an account out of the file; what is stored about it stays.

    Raises:
        SettingsError: it does not stand in the file, or the file cannot be written.
    """

    def change(document: tomlkit.TOMLDocument) -> None:
        _table_of(document, account, path)
        accounts = document["account"]
        if isinstance(accounts, AoT):
            place = next(at for at, table in enumerate(accounts) if table.get("name") == account)
            accounts.pop(place)

    return _edit(path, lambda text: _changed(text, change))


def _put(table: Table | tomlkit.TOMLDocument, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if not isinstance(value, Mapping):
            table[name] = value
            continue
        if not isinstance(table.get(name), Table):
            table[name] = tomlkit.table()
        inner = table[name]
        if isinstance(inner, Table):
            _put(inner, value)


def _write_list(table: Table, name: str, wanted: list[str]) -> None:
    written = table.get(name)
    array = written if isinstance(written, Array) else tomlkit.array()
    for place in reversed(range(len(array))):
        if str(array[place]) not in wanted:
            array.pop(place)
    there = {str(one) for one in array}
    for one in wanted:
        if one not in there:
            array.add_line(one) if len(wanted) >= _LINES_FROM else array.append(one)
    if len(wanted) >= _LINES_FROM:
        array.multiline(multiline=True)
    table[name] = array


def _edit(path: Path, change: Callable[[str], str]) -> Settings:
    before = read_config(path)  # refuses what is no plain file of ours, and what is not valid TOML
    text = change(path.read_text("utf-8"))
    settings = check_config(path, text)
    try:
        if before != read_config(path):
            raise SettingsError(_("was changed meanwhile"), where=str(path), hint=_("Run the command again."))
        write_private(path, text.encode())
    except OSError as error:
        raise SettingsError(
            _("cannot be written: {strerror}").format(strerror=error.strerror), where=str(path)
        ) from error
    return settings


def _changed(text: str, change: Callable[[tomlkit.TOMLDocument], None]) -> str:
    document = tomlkit.parse(text)
    change(document)
    return tomlkit.dumps(document)


def _table_of(document: tomlkit.TOMLDocument, account: str, path: Path) -> Table:
    accounts = document.get("account")
    for table in accounts if isinstance(accounts, AoT) else ():
        if isinstance(table, Table) and table.get("name") == account:
            return table
    raise SettingsError(
        _('no [[account]] table with name = "{account}" stands here').format(account=account),
        where=str(path),
        hint=_("Change this account in an editor."),
    )
