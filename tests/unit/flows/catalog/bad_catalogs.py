"""Catalogs that must be refused: one change each to the real one, and the key that the refusal must name."""

from __future__ import annotations

from typing import NamedTuple

SITE, PAGE = "site.toml", "report_dialog.toml"
SEND = '{ by = "role", role = "button", name = "Отправить жалобу", write_safe = true }'
COMMENT = '{ by = "placeholder", placeholder = "Опишите причину подробнее", write_safe = true }'
QUOTE = '{ by = "css", css = "blockquote" }'
ORIGIN = 'www = "https://www.ozon.ru"'
PRODUCT = 'product = "www:/product/{slug}-{sku}/"'
REPORT = 'submit_url = "www:/api/composer-api.bx/_action/v2/rpReportAbuseV2*"'


class Bad(NamedTuple):
    """A change to one file, and a part of what the refusal must point to."""

    file: str
    old: str
    new: str
    where: str


def _candidate(candidate: str) -> Bad:
    return Bad(PAGE, QUOTE, candidate, "entries.quoted_text.candidates.0")


def _css(css: str) -> Bad:
    return _candidate(f"{{ by = \"css\", css = '''{css}''' }}")


def _origin(url: str) -> Bad:
    return Bad(SITE, ORIGIN, f'www = "{url}"', "origins.www")


def _product(address: str) -> Bad:
    return Bad(SITE, PRODUCT, f'product = "{address}"', "urls.product")


def _site(old: str, new: str, where: str) -> Bad:
    return Bad(SITE, old, new, where)


def _page(old: str, new: str, where: str) -> Bad:
    return Bad(PAGE, old, new, where)


SELECTORS = [
    _css(css)
    for css in (
        "//div",
        "xpath=//div",
        "XPATH=//div",
        "..",
        "(//a)",
        "text=Отправить",
        "css=div",
        "id=main",
        "data-testid=x",
        "div >> span",
        "div >> nth=0",
        "body",
        "html",
        "*",
        ":root",
        "body div",
        "div, body",
        "html > div",
        "div:nth-child(2)",
        "div:nth-of-type(2)",
        "li:first-child",
        "li:last-child",
        "div:nth-match(a, 1)",
        "div:has-text('x')",
        "div:text('x')",
        "div:text-matches('(a+)+$')",
        "div:visible",
        "div::before",
        "div:hover",
        ".ql7_28",
        "div.a5d5_3_10-a",
        "[data-x='a",
        "div(",
        "div[",
        "{selector}",
        "[data-x='{review_id.__class__}']",
        "[data-x='{review_id!r}']",
        "[data-x='{0}']",
        "[data-x='{password}']",
        "[data-x='{}']",
        "div {color: red}",
        "a" * 301,
        "",
        "div\u202e",
        "div\u200b",
    )
]

VERBS = [
    _candidate(candidate)
    for candidate in (
        '{ by = "xpath", xpath = "//div" }',
        '{ by = "evaluate", script = "1" }',
        '{ by = "regex", regex = "(a+)+$" }',
        '{ by = "nth", nth = 0 }',
        '{ by = "locator", locator = "div" }',
        '{ by = "js", code = "x" }',
        '{ css = "blockquote" }',
        '{ by = "css" }',
        '{ by = "css", css = ["a"] }',
        '{ by = "css", css = "blockquote", role = "button" }',
        '{ by = "css", css = "blockquote", timeout = 5 }',
        '{ by = "role", role = "superuser" }',
        '{ by = "role", role = "button", match = "regex" }',
        '{ by = "role", role = "button", name = "" }',
        '{ by = "text", text = "x\\u0000" }',
        '{ by = "text", text = "{secret}" }',
        '{ by = "text", text = "}" }',
        '{ by = "text", text = "{review_id" }',
        '{ by = "attribute", attribute = "onclick=x" }',
        '{ by = "attribute", attribute = "Data" }',
        '{ by = "widget", widget = "a\'] , body [x=\'" }',
        '{ by = "css", css = "blockquote", verified = "yes" }',
        '{ by = "css", css = "blockquote", write_safe = "maybe" }',
    )
]

ORIGINS = [
    _origin(url)
    for url in (
        "http://www.ozon.ru",
        "ftp://www.ozon.ru",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://www.ozon.ru/",
        "https://www.ozon.ru/path",
        "https://www.ozon.ru?x=1",
        "https://user@www.ozon.ru",
        "https://user:pass@www.ozon.ru",
        "https://www.ozon.ru.",
        "https://WWW.ozon.ru",
        "https://www.оzon.ru",
        "https://xn--zon-yma.ru",
        "https://",
        "https://www.ozon.ru:0",
        "https://www.ozon.ru:65536",
        "https://www.ozon.ru:443:1",
        "https://www.ozon.ru\\\\@evil.example",
        "https://[fe80::1%25eth0]",
        "//www.ozon.ru",
        "www.ozon.ru",
        "http://localhost.evil.example",
        "https://www.ozon.ru ",
    )
]

ADDRESSES = [
    _product("https://evil.example/{slug}-{sku}/"),
    _product("evil:/product/{slug}-{sku}/"),
    _product("www://evil.example/{sku}"),
    _product("www:product/{sku}"),
    _product("www:/product/../{sku}"),
    _product("www:/product/{sku}\\\\x"),
    _product("www:/product/{sku} x"),
    _product("www:/product/{token}/"),
    _product("javascript:alert(1)"),
    Bad(SITE, REPORT, 'submit_url = "https://evil.example/*"', "channels.public_report.submit_url"),
    Bad(SITE, REPORT, 'submit_url = "evil:/x"', "channels.public_report.submit_url"),
]

STRUCTURE = [
    _site("schema = 1", "schema = 2", "schema"),
    _site("schema = 1", 'schema = "new"', "schema"),
    _site('name = "ozon"', 'name = "other"', "name"),
    _site('name = "ozon"', 'name = "Ozon"', "name"),
    _site('zone = "Europe/Moscow"', 'zone = "Mars/Olympus"', "zone"),
    _site('title = "Ozon"', 'title = "Ozon"\ntitle = "Ozon"', "site.toml"),
    _site('title = "Ozon"', 'titel = "Ozon"', "tit"),
    _site('title = "Ozon"', "title = no", "site.toml"),
    _site('title = "Ozon"', "title = 5", "title"),
    _site('title = "Ozon"', 'title = "Ozon', "site.toml"),
    _site('texts = ["У этого товара пока нет отзывов", ', "texts = []\nold = [", "witnesses.emptiness"),
    _site("[witnesses.emptiness]", "[witnesses.nothing]", "witnesses"),
    _site("[witnesses.account.seller_cabinet]", "[witnesses.account.nobody]", "witnesses.account"),
    _site('identity = "seller_cabinet"', 'identity = "nobody"', "channels.cabinet_complaint.identity"),
    _site('page = "order_appeal"', 'page = "nowhere"', "channels.order_appeal.page"),
    _site('list_page = "appeals"', "", "channels.order_appeal"),
    _site("max_files = 5", "max_files = 0", "channels.order_appeal"),
    _site("max_files = 5", "max_files = -1", "channels.order_appeal.max_files"),
    _site("text_max = 4000", "text_max = 9223372036854775807", "channels.order_appeal.text_max"),
    _site("review_time_days = 7", "review_time_days = inf", "channels.order_appeal.review_time_days"),
    _site("filing_window_days = 30", "filing_window_days = nan", "channels.order_appeal.filing_window_days"),
    _site('submits_by = "fetch"', 'submits_by = "unknown"\ngate_sees_submit = true', "channels.public_report"),
    _site('submits_by = "fetch"', 'submits_by = "fetch"\ngate_sees_submit = true', "channels.public_report"),
    _site('submits_by = "fetch"', 'submits_by = "carrier_pigeon"', "channels.public_report.submits_by"),
    _site("[channels.support_ticket]", '[channels."by fax"]', "channels"),
    _site('kind = "letter"\n', "", "channels.support_ticket.kind"),
    _site('kind = "letter"', 'kind = "telepathy"', "channels.support_ticket.kind"),
    _site('submits_by = "fetch"', 'submits_by = "fetch"\nattachments = true\nmax_files = 1', "channels.public_report"),
    _site('support = "seller', 'help = "seller', "channels.support_ticket.kind"),
    _site("appeals_page = ", "appeals_leaf = ", "channels.order_appeal.list_page"),
    _site('where = "status"\nany = ["429"]', 'where = "status"\nany = ["4xx"]', "stop"),
    _site('kind = "captcha"', 'kind = "solve"', "stop"),
    _site('"Отклонено" = "rejected"', '"Отклонено" = "probably rejected"', "wordings.appeal_statuses"),
    _site('["мая", "май"]', '["мая", "март"]', "dates"),
    _site('["мая", "май"],', "", "dates.months"),
    _site("upload_seconds = 60", "upload_seconds = 9e9", "timings.upload_seconds"),
    _site("fetch_in_flight = 4", "fetch_in_flight = 1000", "timings.fetch_in_flight"),
    _site('default_sort = "usefulness_desc"', 'default_sort = "random"', "listing.default_sort"),
    _page('page = "report_dialog"', 'page = "other"', "page"),
    _page("[entries.send]", "[entries.Send]", "entries"),
    _page("[entries.send]", '[entries."sеnd"]', "entries"),
    _page("[entries.send]", "[entries.dialog]", "report_dialog.toml"),
    _page("[entries.send]", "[entry.send]", "entry"),
    _page('within = "dialog"', 'within = "nowhere"', "within"),
    _page(
        'why = "The report dialog itself."', 'why = "The report dialog itself."\nwithin = "send"', "report_dialog.toml"
    ),
    _page('why = "The report dialog itself."', 'why = ""', "entries.dialog.why"),
    _page('why = "The report dialog itself."\n', "", "entries.dialog.why"),
    _page("verified = ", "verifed = ", "entries.dialog"),
    _page(SEND, SEND.replace(", write_safe = true", ""), "entries.send"),
    _page(SEND, SEND.replace('name = "Отправить жалобу", ', ""), "entries.send"),
    _page(SEND, f"{SEND}, {SEND}", "entries.send"),
    _page(f"candidates = [{SEND}]", "candidates = []", "entries.send.candidates"),
    _page(f"candidates = [{SEND}]", "candidates = " + "[" * 12 + "]" * 12, "report_dialog.toml"),
    _page(f"candidates = [{SEND}]", "candidates = " + "[" * 20_000 + "]" * 20_000, "report_dialog.toml"),
    _page(QUOTE, QUOTE.replace(" }", ", write_safe = true }"), "entries.quoted_text"),
    _page(COMMENT, SEND, "entries.send"),
    Bad(
        "cabinet_reviews.toml",
        'rows = ["main tr[reviewuuid]", "main [role=\'listitem\'][reviewuuid]"]\n',
        "",
        "reading.rows",
    ),
]

BAD = [*SELECTORS, *VERBS, *ORIGINS, *ADDRESSES, *STRUCTURE]
