"""``catalog``: what the site's pages look like, and what this installation or an account says otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from flows.catalog.layers import Layers, Standing, digest_of_site
from flows.catalog.loader import examine_layers, load_site, site_names
from flows.catalog.overrides import Override, ProposedFile, read_proposed
from monitor.cli import output
from monitor.cli.appeals import confirm
from monitor.cli.application import app
from monitor.cli.catalog_views import show_diff, show_difference, show_whole
from monitor.cli.exits import ExitCode
from monitor.cli.flows import OwnSiteOption
from monitor.cli.options import AccountOption, JsonOption, installation_of
from monitor.cli.recordings import check
from monitor.cli.workshop import site_of
from monitor.config.home import Home
from monitor.config.settings import Settings
from monitor.custody.notes import person_of
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.state import State
from monitor.use_cases import catalogs, models
from qa.picture_names import BEFORE, NOW, PROPOSALS, file_of

catalog_app = typer.Typer(
    help="What the site's pages look like: the package's catalogs, and what you say otherwise.", no_args_is_help=True
)
app.add_typer(catalog_app, name="catalog")
catalog_app.command("check")(check)

WhyOption = Annotated[str, typer.Option("--why", help="Why, for the log.")]


@catalog_app.command("show")
def show(
    context: typer.Context,
    site: Annotated[str | None, typer.Argument(help="A site; none lists what is said otherwise of every site.")] = None,
    *,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what is said otherwise than in the package: by whom, when, why, and how it stands to the package now.

    Of a site that is named, also everything that decides where you sign in and what is sent.

    Example: fairreview catalog show ozon
    """
    installation = installation_of(context)
    layers = _layers(installation.settings, installation.home, account)
    sites = (site,) if site is not None else site_names(layers=layers)
    found = catalogs.list_overrides(installation.state, layers, sites)
    if as_json:
        output.print_lines(found)
        return
    if site is not None:
        show_whole(load_site(site, layers=layers))
    columns = ("override", "layer", "stands", "mark", "who", "when", "why")
    output.print_table(columns, (_row(one, installation.settings.installation.zone) for one in found))
    for one in found:
        if not one.is_logged:
            output.say(f"{one.site} {one.name} stands in {one.file} and not so in the log: it was changed by hand.")
    if not found:
        output.say(_("Nothing is said otherwise than in the package."))


@catalog_app.command("diff")
def diff(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="PAGE.KEY, as `catalog show` prints it; none shows all.")] = None,
    *,
    site: OwnSiteOption = None,
    account: AccountOption = None,
) -> None:
    """Show what the package says and what is said in its place; exit code 1 when something differs.

    Example: fairreview catalog diff report_dialog.entries.send
    """
    installation = installation_of(context)
    site = site_of(context.obj, site, account)
    found = [
        one
        for one in examine_layers(site, layers=_layers(installation.settings, installation.home, account))
        if name in (None, one.placed.name)
    ]
    if name is not None and not found:
        raise _unknown(name, site)
    for one in found:
        show_diff(one)
    if any(one.standing is not Standing.CAUGHT_UP for one in found):
        raise typer.Exit(ExitCode.FINDINGS)


@catalog_app.command("adopt")
def adopt(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="PAGE.ENTRY of a proposal of `catalog check`; or a site.")] = None,
    *,
    file: Annotated[Path | None, typer.Option("--file", help="A file of proposed overrides.")] = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="The folder of a whole site of your own.")] = None,
    site: OwnSiteOption = None,
    account: AccountOption = None,
    why: WhyOption = "",
    mark: Annotated[
        str | None, typer.Option("--mark", help='Where it is known from, like "seen 2026-12 by this account".')
    ] = None,
    shown: Annotated[str | None, typer.Option("--hash", help="What you were shown, where nobody can be asked.")] = None,
) -> None:
    """Take a proposed change after looking at both pictures, a file of changes, or a whole site of your own.

    What decides where things are sent, who signs in and what passes the gate is never changed by this, but by a whole
    site, which is shown whole before it is taken.

    Example: fairreview catalog adopt report_dialog.send --why "the button was renamed"
    """
    installation = installation_of(context)
    if sum(one is not None for one in (name, file, folder)) != 1:
        raise typer.BadParameter(_("name a proposal or a site, or give --file or --folder"), param_hint="NAME")
    own = Layers(installation.home.catalogs)
    if folder is not None or (name is not None and (own.whole(name) / "site.toml").is_file()):
        shows = folder.absolute() if folder is not None else own.whole(str(name))
        _adopt_site(installation.state, installation.settings, own, shows, why=why, shown=shown)
        return
    layers = _layers(installation.settings, installation.home, account)
    path = (
        file.absolute()
        if file is not None
        else _proposal(installation.home, site_of(context.obj, site, account), str(name))
    )
    proposed = read_proposed(path)
    differences = catalogs.try_overrides(layers, proposed, path)
    pictures = _pictures(path) if file is None else ()
    _show_proposed(proposed, path, pictures)
    for one in differences:
        show_difference(one)
    digest = _digest((path, *pictures))
    _ask(
        _("Is it the same control in both pictures?") if pictures else _("Take this as it stands?"),
        path.name,
        digest,
        shown,
    )
    taken = catalogs.adopt_overrides(
        installation.state,
        layers,
        proposed,
        actor=person_of(installation.settings),
        why=why,
        mark=mark,
        seen=[_digest((one,)) for one in pictures],
    )
    _say_taken(taken, proposed.page)


@catalog_app.command("drop")
def drop(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="PAGE.KEY, as `catalog show` prints it.")],
    *,
    site: OwnSiteOption = None,
    account: AccountOption = None,
    why: WhyOption = "dropped by a person",
) -> None:
    """Take an override back: what the package says counts again.

    Example: fairreview catalog drop report_dialog.entries.send --why "the package has it now"
    """
    installation = installation_of(context)
    catalogs.drop_override(
        installation.state,
        _layers(installation.settings, installation.home, account),
        site_of(context.obj, site, account),
        name,
        actor=person_of(installation.settings),
        why=why,
    )
    output.say(_("Dropped: {name}. The package's word counts again.").format(name=name))


def _layers(settings: Settings, home: Home, account: str | None) -> Layers:
    if account is not None:
        settings.find_account(account)
    return Layers(home.catalogs, account or "")


def _row(one: models.CatalogOverride, zone: str) -> tuple[str, ...]:
    when = f"{one.at.astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M}"
    return (f"{one.site} {one.name}", one.layer, one.standing, one.mark, one.who, when, one.reason)


def _unknown(name: str, site: str) -> SettingsError:
    return SettingsError(
        _("there is no override {name!r} of {site}").format(name=name[:100], site=site),
        where="NAME",
        hint=_("`fairreview catalog show` lists them, of every site; --site names another one."),
    )


def _proposal(home: Home, site: str, name: str) -> Path:
    folder = home.catalogs / site / PROPOSALS
    path = folder / f"{name}.toml"
    known = sorted(one.stem for one in folder.glob("*.toml")) if folder.is_dir() else []
    if name not in known:
        raise SettingsError(
            _("there is no proposal {name!r} of {site}").format(name=name[:100], site=site),
            where="NAME",
            hint=_("There are: {known}").format(known=", ".join(known))
            if known
            else _("`fairreview catalog check --site {site} --snapshot …` makes them.").format(site=site),
        )
    return path


def _pictures(path: Path) -> tuple[Path, Path]:
    before, now = (file_of(path.parent, path.stem, which) for which in (BEFORE, NOW))
    if missing := next((one for one in (before, now) if not one.is_file()), None):
        raise SettingsError(
            _("there is no picture to look at, so nobody can say that it is the same control"),
            where=str(missing),
            hint=_("Run `fairreview catalog check` with the snapshot of when all was well, or write a --file by hand."),
        )
    return before, now


def _show_proposed(proposed: ProposedFile, path: Path, pictures: Sequence[Path]) -> None:
    output.print_text(path.read_text(encoding="utf-8"))
    for word, picture in zip((_("as it was"), _("as it is now")), pictures, strict=False):
        output.say(f"{word}: {picture}")
    output.say(
        _("{count} of page {page} of {site}.").format(
            count=len(proposed.override), page=proposed.page, site=proposed.site
        )
    )


def _ask(question: str, what: str, digest: str, shown: str | None) -> None:
    if shown is None:
        confirm(
            question,
            hint=_("Look at it, then add `--hash {digest}`: it says that you were shown {what} as it is.").format(
                digest=digest, what=what
            ),
        )
    elif shown != digest:
        raise SettingsError(
            _("this is not what was shown"),
            where="--hash",
            hint=_("Look again; it is {digest} now.").format(digest=digest),
        )


def _adopt_site(state: State, settings: Settings, layers: Layers, folder: Path, *, why: str, shown: str | None) -> None:
    """Shows a site from where it lies; only a yes copies it over what was taken before."""
    site = catalogs.name_site(folder)
    show_whole(load_site(site, folder=folder.resolve().parent))
    for path in sorted(folder.glob("*.toml")):
        output.print_text(f"--- {path.name}\n{path.read_text(encoding='utf-8')}")
    digest = digest_of_site(folder)
    _ask(_("This decides where you sign in and what is sent. Take this site?"), site, digest, shown)
    catalogs.adopt_site(state, layers, folder, shown=digest, actor=person_of(settings), why=why or "taken by a person")
    output.say(
        _("Taken: {site}. On a live origin nothing is filed there before `fairreview probe`.").format(site=site),
        style="green",
    )


def _say_taken(taken: Sequence[Override], page: str) -> None:
    for one in taken:
        output.say(
            _("Taken: {page}.{key}, marked {mark!r}.").format(page=page, key=one.key, mark=one.mark), style="green"
        )


def _digest(paths: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:32]
