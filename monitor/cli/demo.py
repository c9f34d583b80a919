"""``demo``: the whole way on the built-in mock site, from sign-in to a review that is gone.

The real commands' own parts do the work: real visits in child processes, a real browser, real evidence. Only two things
are not real, and are said so: the site, and the person, who is simulated and approves on loopback only.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evidence_store.journal import Actor
from flows.privileges import runs_as_root
from mock_site.scenarios import load_scenario
from monitor.bootstrap import Installation, open_installation
from monitor.cases.casework import describe
from monitor.cases.channel_terms import terms_of
from monitor.cases.judging import is_negative
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.reporting import EXIT_OF_END
from monitor.config.home import Home
from monitor.config.sections import AccountSection
from monitor.config.template import write_config
from monitor.custody.checking import EvidenceReport, check_evidence
from monitor.engine.supervisor import Listener
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.files.private import write_private
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.language.plain_text import show
from monitor.outgoing.case_story import tell_case
from monitor.outgoing.page import render
from monitor.outgoing.story import CaseStory, Chapter, StoryBook
from monitor.secrets.stores import create_store
from monitor.use_cases import appeals
from monitor.visit_protocol import EndKind, Progress, Question, VisitEnd, VisitKind

if TYPE_CHECKING:
    from mock_site.server import MockSite

ACCOUNT = "demo"
PERSON = Actor(kind="simulated", id="demo-person", name="Демо Человек", role="simulated approver")
LONGEST_SECONDS = 300.0  # a demo that has not come to its end by then tells so instead of going on
_BETWEEN_VISITS = 1.0  # seconds
_PAGE_NAME = "fairreview-demo.html"


@app.command("demo")
def demo(
    *,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser's windows.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="File or folder to write the page to (default: current folder).")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the installation of the demo and say where it is.")
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Everything the mock site generates follows from it.")] = None,
) -> None:
    """Show the whole way on the built-in mock site and end with an HTML page that tells each case.

    Signs in, polls, meets new negative reviews, captures, judges, drafts, files what a simulated person approves,
    follows, checks the public page and the evidence. Needs no keyring, no terminal and no network.

    Example: fairreview demo
    """
    from mock_site.server import MockSite  # noqa: PLC0415 - a web server, which no other command needs

    page = (out or Path(_PAGE_NAME)).absolute()
    if page.is_dir():
        page /= _PAGE_NAME
    require_target(page, may_replace=True)
    folder = Path(tempfile.mkdtemp(prefix="fairreview-demo-"))
    scenario = load_scenario("demo").resized(seed=seed)
    try:
        with MockSite.start(scenario.world, scenario.switches, schedule=scenario.changes) as site:
            code = Demo(site, folder / "home", page, is_headed=headed).run()
    finally:
        if keep:
            output.say(
                _("Kept: fairreview --home {folder} … (its secrets' key is gone with this process)").format(
                    folder=folder / "home"
                )
            )
        else:
            shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(code)


@dataclass
class Demo:
    """One run of the demo."""

    site: MockSite
    home: Path
    page: Path
    is_headed: bool
    started: float = field(default_factory=time.monotonic)

    def run(self) -> ExitCode:
        """Runs it to its end; returns the exit code."""
        installation, account = self._install()
        runner = VisitRunner(installation, Listener(report=self._tell, ask=self._answer), operator="schedule:demo")
        self._step(_("1. Signing in with a one-time code"))
        end = runner.run(account, VisitKind.LOGIN, VisitDetails(identity="site_profile"))
        if end.kind is not EndKind.DONE:
            return self._give_up(end)
        output.say(end.message)
        self._step(_("2. Watching: the first reading learns what is there, then new negative reviews come in"))
        failure = self._watch(installation, account, runner)
        if failure is not None:
            return self._give_up(failure)
        self._step(_("5. Checking the evidence: every byte, every manifest, every entry of the log"))
        report = check_evidence(installation)
        output.say(
            _(
                "{artifacts} artifacts, {manifests} manifests, {entries} log entries re-read; {count} "
                "findings of damage"
            ).format(
                artifacts=report.artifacts, manifests=report.manifests, entries=report.entries, count=len(report.damage)
            )
        )
        stories = self._write_page(installation, report)
        return self._sum_up(stories, report)

    def _install(self) -> tuple[Installation, AccountSection]:
        home = Home(self.home)
        home.create()
        cards = self.site.world.products()
        # As sellers do: two colours of one card, which show one pool of reviews and are read once.
        watched = [(cards[0], cards[0].items[1].item_id), *((card, card.sku) for card in cards)]
        products = [f"{self.site.origins['www']}/product/{card.slug}-{sku}/" for card, sku in watched]
        person = self.site.world.options.accounts[0]
        identity = {"login": person.email, "sign_in": "code", "witness": person.name}
        # Nothing but the mock is opened, so root may see the demo; for a real site somebody must say this.
        browser = {"sandbox": False} if runs_as_root() else {}
        values = {
            "browser": browser,
            "operator": {"name": PERSON.name, "role": PERSON.role},
            # A live site keeps its own windows: minutes, not seconds.
            "windows": {"settle": "2s", "between_reads": "2s", "change_of_mind": "1s"},
            "sites": {"ozon": {"origins": dict(self.site.origins), "requests_per_minute": 3000.0}},
            "account": [
                {
                    "name": ACCOUNT,
                    "products": products,
                    "identities": {"site_profile": identity},
                    "caps": {"appeals_per_day": 10, "pause": "100ms"},
                }
            ],
        }
        write_config(home.config, values)
        store = create_store(home.secrets, "ephemeral")
        installation = open_installation(self.home, data_key=store.data_key())
        output.say(
            _("The mock site: {www} (seed {seed})").format(
                www=self.site.origins["www"], seed=self.site.world.options.seed
            )
        )
        if browser:
            output.say(_("Running as root: the browser of this demo has no sandbox. Real work needs an ordinary user."))
        output.say(_("Secrets: an ephemeral key in this process's memory; no keyring is touched."))
        output.say(_("The person: {person}, simulated, on this machine only.").format(person=PERSON.name))
        return installation, installation.settings.find_account(ACCOUNT)

    def _watch(self, installation: Installation, account: AccountSection, runner: VisitRunner) -> VisitEnd | None:
        """Visits until the story is told: everything new was judged, what was filed was decided and looked up."""
        approved = False
        while time.monotonic() - self.started < LONGEST_SECONDS:
            has_all_come = not self.site.world.pending_changes()  # what comes during a visit is for the next one
            end = runner.run(account, VisitKind.DUE, VisitDetails(is_headed=self.is_headed))
            if end.kind not in {EndKind.DONE, EndKind.UNKNOWN_OUTCOME}:
                return end
            output.say(end.message)
            if not has_all_come or not self._has_met_all(installation):
                self._pause()
                continue
            if not approved:
                self._step(_("3. A person looks at each draft and approves it"))
                self._approve_drafts(installation)
                self._step(_("4. Filing, then following until the moderator has decided"))
                approved = True
                continue
            if self._is_settled(installation):
                return None
            self._pause()
        return VisitEnd(
            kind=EndKind.FINDINGS,
            message=_("The demo did not finish within {limit:.0f} s.").format(limit=LONGEST_SECONDS),
        )

    def _has_met_all(self, installation: Installation) -> bool:
        with installation.state.read() as tx:
            news = tx.reviews.find(ACCOUNT, only_news=True)
            judged = {case.review_id for case in tx.cases.all(ACCOUNT) if tx.verdicts.newest(case.id)}
        return bool(news) and all(review.review_id in judged for review in news if is_negative(review.rating))

    def _approve_drafts(self, installation: Installation) -> None:
        account = installation.settings.find_account(ACCOUNT)
        with installation.state.read() as tx:
            drafts = tx.appeals.of_account(ACCOUNT, states=["draft"], only_open=True)
            previews = {draft.id: describe(tx, draft) for draft in drafts}
        for draft in drafts:
            output.say("")
            for name, value in previews[draft.id]:
                output.say(f"    {name}: {show(value, one_line=True, limit=200)}")
            terms = terms_of(
                installation.site_of(account), draft.channel, settings=installation.settings, account=account
            )
            appeals.approve(
                installation.state, draft.id, draft.payload_hash, actor=PERSON, terms=terms, is_sent_now=True
            )
            output.say(_("    → approved by {person} (simulated)").format(person=PERSON.name), style="green")

    def _is_settled(self, installation: Installation) -> bool:
        with installation.state.read() as tx:
            return all(not appeal.is_open or appeal.outcome for appeal in tx.appeals.of_account(ACCOUNT))

    def _write_page(self, installation: Installation, report: EvidenceReport) -> list[CaseStory]:
        with installation.state.read() as tx:
            review_ids = [case.review_id for case in tx.cases.all(ACCOUNT)]
            products = len(tx.products.watched(ACCOUNT))
            reviews = len(tx.reviews.find(ACCOUNT))
        stories = [tell_case(installation, ACCOUNT, review_id) for review_id in review_ids]
        filed = [story for story in stories if story.appeal_text]
        book = StoryBook(
            title="fairreview: демонстрация",
            subtitle="Весь путь на встроенном учебном сайте: тексты выдуманы, человек — имитация.",
            written_at=installation.clock.now(),
            zone=installation.settings.installation.zone,
            figures=(
                Chapter(label="товаров под наблюдением", value=str(products)),
                Chapter(label="отзывов прочитано", value=str(reviews)),
                Chapter(label="новых отрицательных", value=str(len(stories))),
                Chapter(label="обжаловано", value=str(len(filed))),
                Chapter(label="отзывов удалено", value=str(sum(s.outcome_tone == "good" for s in stories))),
                Chapter(label="записей журнала", value=str(report.entries)),
                Chapter(label="файлов доказательств", value=str(report.artifacts)),
                Chapter(label="повреждений", value=str(len(report.damage))),
            ),
            notes=(
                "Окна ожидания сокращены для показа: на настоящей площадке взгляды разделяет больше времени.",
                "Внешней отметки времени нет: журнал подписан только этой машиной.",
            ),
            cases=tuple(stories),
        )
        write_private(self.page, render(book).encode("utf-8", "backslashreplace"))
        return stories

    def _sum_up(self, stories: list[CaseStory], report: EvidenceReport) -> ExitCode:
        self._step(_("The stories"))
        rows = [
            (s.review_id[:13], s.decision, s.outcome_title, show(s.review_text, limit=60, one_line=True))
            for s in stories
        ]
        output.print_table(("review", "verdict", "outcome", "text"), rows)
        output.say(_("The page: {page}").format(page=self.page), style="bold green")
        output.say(_("Took {monotonic:.0f} s.").format(monotonic=time.monotonic() - self.started))
        is_told = any(s.outcome_tone == "good" for s in stories) and any(s.outcome_tone == "bad" for s in stories)
        return ExitCode.OK if is_told and not report.damage else ExitCode.FINDINGS

    def _give_up(self, end: VisitEnd) -> ExitCode:
        output.say(
            _("The demo stops here: {message} {hint}").format(message=end.message, hint=end.hint).rstrip(),
            style="bold red",
        )
        for problem in end.problems:
            output.say(f"  - {problem}")
        return EXIT_OF_END[end.kind]

    def _step(self, text: str) -> None:
        output.say("")
        output.say(text, style="bold")

    def _tell(self, progress: Progress) -> None:
        output.say(
            f"  {time.monotonic() - self.started:5.1f} s  {show(progress.text, one_line=True, limit=160)}", style="dim"
        )

    def _answer(self, question: Question) -> str | None:
        if question.what != "code":
            return None
        code = self.site.code_for(self.site.world.options.accounts[0].email)
        output.say(_("  The simulated person reads the code {code} from their mail.").format(code=code))
        return code

    def _pause(self) -> None:
        threading.Event().wait(_BETWEEN_VISITS)
