"""A filing form whose reasons are radios and whose answer has no number, described by a catalog alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

from flows.catalog import Entry, Site, load_site
from flows.errors import FormMismatch
from flows.pages.filing_form import FilingFormPage
from flows.pages.pressing import is_seen
from flows.pages.words import Word

FORM = """
<html lang="ru"><body><div role="dialog" aria-label="Жалоба на отзыв"><form>
<label><input type="radio" name="why" value="16" required>Нецензурная лексика</label>
<label><input type="radio" name="why" value="13" required>Спам</label>
<label>Пояснение<textarea id="explanation" hidden></textarea></label>
<button type="button" onclick="document.body.append('Жалоба принята, спасибо')">Отправить жалобу</button>
</form></div></body></html>
"""
REVEALS = "document.querySelectorAll('input').forEach(i => i.onchange = () => { explanation.hidden = false; })"


def any_word(_: str) -> bool:
    return True


def entry(**values: object) -> Entry:
    return Entry.model_validate({"why": "described for a test", "verified": "test", **values})


@pytest.fixture
def site() -> Site:
    site = load_site("ozon")
    page = site.pages["complaint"]
    kept = {name: page[name] for name in ("form", "text", "required_fields", "send", "error")}
    within = {"within": "form"}
    radio = {"by": "role", "role": "radio", "name": "{reason}", "write_safe": True}
    entries = {
        **kept,
        "reason": entry(use="write", candidates=[radio], **within),
        "reason_options": entry(candidates=[{"by": "role", "role": "radio"}], **within),
        "success": entry(candidates=[{"by": "text", "text": "Жалоба принята", "match": "contains"}]),
    }
    entries["text"] = entries["text"].model_copy(update={"required": False})
    described = type(page).model_validate({**page.model_dump(by_alias=True), "entries": entries, "frame": None})
    return site.model_copy(update={"pages": {**site.pages, "complaint": described}})


def test_radios_are_read_chosen_and_read_back(page: Page, site: Site) -> None:
    page.set_content(FORM)
    page.evaluate(REVEALS)
    form = FilingFormPage(page, site, page_name="complaint")
    before = form.read()
    assert (before.reasons, before.chosen_reason) == (("Нецензурная лексика", "Спам"), None)
    assert before.unknown_required == ()

    form.choose_reason("Спам")
    form.write_text("Реклама другого магазина")

    after = form.read()
    assert (after.chosen_reason, after.text) == ("Спам", "Реклама другого магазина")
    with pytest.raises(FormMismatch, match="does not offer"):
        form.choose_reason("Другое")


def test_a_success_without_a_number_is_the_sites_word(page: Page, site: Site) -> None:
    page.set_content(FORM)
    form = FilingFormPage(page, site, page_name="complaint")
    assert form.await_answer(0.2, any_word) is None
    form.send()
    word = form.await_answer(5, any_word)
    assert word is not None
    assert (word.name, form.number_in(word.text)) == ("success", "")


def test_a_required_field_beside_the_radios_is_still_unknown(page: Page, site: Site) -> None:
    page.set_content(FORM.replace("</form>", "<input name='phone' aria-label='Телефон' required></form>"))
    assert FilingFormPage(page, site, page_name="complaint").read().unknown_required == ("Телефон",)


def test_a_word_that_is_gone_before_it_was_read_is_no_word(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alert is taken away between the look that found it and the one that reads it, as a page does that goes on."""
    page.set_content(FORM.replace("</form>", "<p role='alert'>Произошла ошибка</p></form>"))
    form = FilingFormPage(page, site, page_name="complaint")
    page.evaluate("document.querySelector('[role=alert]').hidden = true")
    looks: list[bool] = []

    def is_seen_and_gone(effect: Locator, seconds: float) -> bool:
        page.evaluate("document.querySelectorAll('[role=alert]').forEach(alert => { alert.hidden = false; })")
        looks.append(is_seen(effect, seconds))
        page.evaluate("document.querySelectorAll('form').forEach(form => { form.outerHTML = 'Жалоба принята'; })")
        return looks[-1]

    monkeypatch.setattr("flows.pages.words.is_seen", is_seen_and_gone)

    assert form.await_answer(5, any_word) == Word("success", "Жалоба принята")
    assert looks == [True]


def test_what_is_not_the_last_word_counts_when_nothing_else_comes(page: Page, site: Site) -> None:
    page.set_content(FORM.replace("</form>", "<p role='alert'>Произошла ошибка</p></form>"))
    form = FilingFormPage(page, site, page_name="complaint")

    assert form.await_answer(0.5, lambda name: name != "error") == Word("error", "Произошла ошибка")
