"""``home``: where this installation lives its one life, and a person's word that a copy lives on."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import typer

from monitor.cli import output
from monitor.cli.appeals import confirm
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.options import installation_of
from monitor.config.home import Home
from monitor.custody.notes import person_of
from monitor.language import gettext as _
from monitor.state import State

home_app = typer.Typer(help="The home of this installation: one home, one life.", no_args_is_help=True)
app.add_typer(home_app, name="home")


@home_app.command("status")
def status(context: typer.Context) -> None:
    """Show where this home lives; exit code 1 when it is not where it lived, so that nothing is sent from it.

    Example: fairreview home status
    """
    installation = installation_of(context)
    lived = _lived_at(installation.state)
    output.print_table(
        ("", ""), [(_("home"), str(installation.home.root.resolve())), (_("lived at"), lived or _("here"))]
    )
    if installation.state.moves:
        output.say(
            _("It is {moves} than where it lived: nothing is sent from it.").format(
                moves=", ".join(installation.state.moves)
            )
        )
        output.say(_("`fairreview home claim` says that this one lives on, and no other."))
        raise typer.Exit(ExitCode.FINDINGS)


@home_app.command("claim")
def claim(context: typer.Context) -> None:
    """Say that this home lives on and its other copies never again: after copying, moving or restoring it.

    The site is asked before anything is sent: another copy may have sent what this one does not know.

    Example: fairreview home claim
    """
    installation = installation_of(context)
    if not installation.state.moves:
        output.say(_("This home is where it lived. There is nothing to claim."))
        return
    before = _lived_at(installation.state)
    others = {before, _took_over(installation.home)} - {"", str(installation.home.root.resolve())}
    output.say(
        _("It is {moves} than where it lived: {before}").format(
            moves=", ".join(installation.state.moves), before=before
        )
    )
    confirm(_("Does this one live on, and the other never again?"), refused=_("Nothing was changed."))
    installation.state.claim_life(actor=person_of(installation.settings))
    told = [_give_away(installation.state, installation.home, Home(Path(other))) for other in sorted(others)]
    output.say(
        _("This home lives on here. `fairreview appeal follow` asks the site before anything is sent."), style="green"
    )
    if not all(told) or not told:
        output.say(_("A copy that is somewhere else cannot know of this: remove it, or never start it again."))


def _lived_at(state: State) -> str:
    with state.read() as tx:
        life = tx.installation.get().life
    return str(life.get("path", "")) if isinstance(life, dict) else ""


def _took_over(home: Home) -> str:
    """Returns the home that said to this one that it lives on instead."""
    try:
        return home.given_away.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _give_away(state: State, home: Home, old: Home) -> bool:
    """Tells another home, when it can be reached from here, that its life goes on in this one."""
    if not old.database.is_file():
        return False
    with state.read() as tx:
        mine = tx.installation.get().installation_id
    with contextlib.suppress(OSError, sqlite3.Error):
        store = sqlite3.connect(f"file:{old.database}?mode=ro", uri=True)
        try:
            theirs = store.execute("SELECT installation_id FROM installation").fetchone()
        finally:
            store.close()
        if theirs is not None and theirs[0] == mine:
            old.given_away.write_text(f"{home.root.resolve()}\n", encoding="utf-8")
            return True
    return False
