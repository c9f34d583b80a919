"""The sign-in pages: phone or e-mail, code, choice of company. A site's catalog names the steps that it has."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from flows.errors import ForeignOrigin, PageNotReady, SignInRequired
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.pressing import PATIENCE_SECONDS, SentRequests, any_of, is_hidden, is_seen
from flows.pages.typing_guard import TypingGuard

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Response

    from flows.catalog import Site


class Stage(StrEnum):
    """Which step of signing in a page shows."""

    ENTRANCE = "entrance"
    PHONE = "phone"
    EMAIL = "email"
    CODE = "code"
    COMPANY = "company"
    SIGNED_IN = "signed_in"


# In the order they are looked for: a code page may still carry the phone's field, hidden or not.
_ENTRIES = (
    (Stage.CODE, "code"),
    (Stage.EMAIL, "email"),
    (Stage.PHONE, "phone"),
    (Stage.COMPANY, "company_next"),
    (Stage.ENTRANCE, "cabinet_enter"),
)


class SignInPage(SitePage):
    """One object for all steps: which one is shown is asked each time."""

    page_name = "sign_in"

    def __init__(self, page: Page, site: Site, *, identity: str) -> None:
        super().__init__(page, site)
        self.identity = identity
        self.sent = SentRequests(page)
        self._guard = TypingGuard(page, site)
        known = {stage for stage, entry in _ENTRIES if entry in self.catalog.entries}
        self._steps = [stage for stage in Stage if stage in known or stage is Stage.SIGNED_IN]

    def await_stage(self, *, seconds: float, unlike: Stage | None = None, or_error: bool = False) -> Stage | None:
        """Waits until a step (another one than ``unlike``) is shown; None when none was in time.

        With ``or_error`` the site's own refusal ends the wait too.

        Raises:
            flows.errors.WallMet: the page asks for a person.
        """
        anything = any_of([self._sign(stage) for stage in self._steps if stage is not unlike])
        if or_error:
            anything = anything.or_(self.entry("error"))
        with named_faults(self.page_name):
            self._await_document()
            # A wall shows none of the steps: it is asked for early, so that nobody waits in front of it.
            if not is_seen(anything, min(seconds, PATIENCE_SECONDS)):
                self._refuse_stop_page(None)
                if not is_seen(anything, seconds):
                    self._refuse_stop_page(None)
                    return None
            shown = self.stage()
            return None if shown is unlike else shown

    def awaits(self, stage: Stage, seconds: float) -> bool:
        """Waits for one step and tells whether it showed; looks at nothing else."""
        return is_seen(self._sign(stage), seconds)

    def stage(self) -> Stage | None:
        """Says which step is shown now."""
        order = [Stage.SIGNED_IN, *(stage for stage, _ in _ENTRIES)]
        return next((stage for stage in order if stage in self._steps and self._sign(stage).first.is_visible()), None)

    def enter(self) -> None:
        """Goes from the cabinet's start page to the common sign-in."""
        self._submit(self.finder.one("cabinet_enter"), Stage.ENTRANCE)

    def offers_email(self) -> bool:
        """Whether the site switches from phone to e-mail by a control of its own."""
        return "use_email" in self.catalog.entries

    def choose_email(self) -> None:
        """Switches from phone to e-mail."""
        self._submit(self.finder.one("use_email"), Stage.PHONE)

    def type_login(self, login: str, stage: Stage) -> None:
        """Types phone number or e-mail address and sends it."""
        self._require_safe_origin()
        entry = "email" if stage is Stage.EMAIL else "phone"
        self._fill_and_submit(entry, login, stage)

    def type_code(self, code: str) -> None:
        """Types the one-time code and sends it."""
        self._require_safe_origin()
        self._fill_and_submit("code", code, Stage.CODE)

    def choose_company(self, company: str) -> None:
        """Chooses the company and goes on. An empty name keeps what the site has chosen."""
        if company:
            self.finder.one("company", company=company).check()
        self._submit(self.finder.one("company_next"), Stage.COMPANY)

    def error_text(self) -> str:
        """Returns the site's words when it refused number or code, "" when it did not."""
        error = self.entry("error")
        return error.first.inner_text().strip() if error.first.is_visible() else ""

    def message(self) -> str:
        """Returns what the site says about the code."""
        for name in ("code_sent", "resend_wait"):
            if self.shows(name):
                return self.entry(name).first.inner_text().strip()
        return ""

    def _fill_and_submit(self, entry: str, value: str, stage: Stage) -> None:
        with named_faults(f"sign_in.{entry}"):
            before = self.sent.count
            for _ in range(max(1, round(self.site.timings.hydration_seconds / PATIENCE_SECONDS))):
                field = self.finder.one(entry)
                # A page that binds its script late may empty the field again.
                self._guard.before_typing(field, value)
                if field.input_value() != value:
                    field.fill(value)
                self._press_submit()
                self._guard.require_clean()
                is_over = self.error_text() or self._has_moved(stage) or self.sent.count > before
                self._guard.require_clean()
                if is_over:
                    return
            self._guard.require_clean()
            raise PageNotReady("the sign-in form does not answer", where=f"sign_in.{entry}")

    def _submit(self, button: Locator, stage: Stage) -> None:
        with named_faults("sign_in"):
            for _ in range(max(1, round(self.site.timings.hydration_seconds / PATIENCE_SECONDS))):
                button.click()
                if self._has_moved(stage):
                    return
            raise PageNotReady("the sign-in page does not answer", where=f"sign_in.{stage}")

    def _press_submit(self) -> None:
        self.finder.one("submit").click()

    def _has_moved(self, stage: Stage) -> bool:
        """Waits a moment for the step to go away.

        The entrance is a plain link to sign in, such as every page's header has: only the next step shows that it is
        behind us.
        """
        with named_faults("sign_in"):
            if stage is Stage.ENTRANCE:
                return is_seen(
                    any_of([self._sign(step) for step in self._steps if step not in {stage, Stage.SIGNED_IN}]),
                    PATIENCE_SECONDS,
                )
            return is_hidden(self._sign(stage).first, PATIENCE_SECONDS)

    def _sign(self, stage: Stage) -> Locator:
        if stage is Stage.SIGNED_IN:
            return self.page.locator(", ".join(self.site.witnesses.account[self.identity].css))
        return self.entry(dict(_ENTRIES)[stage])

    def _refuse_stop_page(self, response: Response | None) -> None:
        """Being signed out is what this page is for; everything else stops here too."""
        with suppress(SignInRequired):
            super()._refuse_stop_page(response)

    def _require_safe_origin(self) -> None:
        """The catalog's origins are https, or loopback: whatever else is shown, nothing is typed there."""
        if not self.site.owns(self.page.url):
            raise ForeignOrigin(
                "the sign-in form is not on one of the site's origins; nothing was typed",
                where=self.page.url.partition("?")[0],
                hint="look at the address by hand; it may be an attempt to steal the login",
            )
