"""A filing form whose reasons are radios and whose answer has no number, described by a catalog alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from flows.catalog import Entry, Site, load_site
from flows.errors import FormMismatch
from flows.pages.filing_form import FilingFormPage

FORM = """
<html lang="ru"><body><div role="dialog" aria-label="Жалоба на отзыв"><form>
<label><input type="radio" name="why" value="16" required>Нецензурная лексика</label>
<label><input type="radio" name="why" value="13" required>Спам</label>
<label>Пояснение<textarea id="explanation" hidden></textarea></label>
<button type="button" onclick="document.body.append('Жалоба принята, спасибо')">Отправить жалобу</button>
</form></div></body></html>
"""
REVEALS = "document.querySelectorAll('input').forEach(i => i.onchange = () => { explanation.hidden = false; })"


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
    assert form.await_answer(0.2) is None
    form.send()
    assert form.await_answer(5) == "success"
    assert form.number() == ""


def test_a_required_field_beside_the_radios_is_still_unknown(page: Page, site: Site) -> None:
    page.set_content(FORM.replace("</form>", "<input name='phone' aria-label='Телефон' required></form>"))
    assert FilingFormPage(page, site, page_name="complaint").read().unknown_required == ("Телефон",)
