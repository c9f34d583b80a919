"""One case from a rejected appeal to a filed reply, by the installed command: ``run.py prove dialogue``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from mock_site.server import MockSite
from mock_site.world.chat_script import OPERATOR_WORDS
from mock_site.world.chats import PATH
from monitor.config.home import Home
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import open_store
from monitor.secrets.vault import API_PLACE, AccountSecrets
from monitor.support.chat_path import save_path
from tests.e2e.installed import PASSPHRASE, Installed, install
from tests.e2e.prepared import succeed, write_insult
from tests.installation.mail_server import PASSWORD, USER, MailServerOfTest, mail_server

pytestmark = pytest.mark.timeout(3600)
OPEN, MESSAGE = "/api/messenger/open", "/api/messenger/message"


@dataclass(frozen=True)
class Seller:
    """A shop with both identities, a key of the API and a mail server."""

    shop: Installed
    mail: MailServerOfTest
    folder: Path

    def run(self, *arguments: str, code: int = 0) -> str:
        """Runs the command; returns what it printed."""
        done = self.shop.run(*arguments)
        assert done.code == code, f"{arguments}: {done.code}\n{done.out}\n{done.err}"
        return done.out + done.err

    def rows(self, *arguments: str) -> list[Any]:
        """Runs the command and returns its JSON Lines, or the one thing that it tells."""
        done = succeed(self.shop.run(*arguments, "--json"))
        return [done.data()] if done.out.startswith("{\n") else done.rows()

    def picture(self, name: str, colour: str) -> str:
        """Makes a picture of one colour."""
        Image.new("RGB", (40, 30), colour).save(self.folder / name)
        return str(self.folder / name)

    def say(self, review: str, what: str, says: str) -> None:
        """Gives a person's word on the answer that holds these words."""
        (contact,) = (one for one in self.rows("support", "show", review)[0]["contacts"] if what in one["text"])
        self.run("support", "judge", contact["id"], "--says", says)


@pytest.fixture(scope="session")
def mock_server() -> Iterator[MockSite]:
    """The mock in the present: what it says and what we say is put into one order."""
    with MockSite.start() as site:
        yield site


@pytest.fixture
def seller(tmp_path: Path, mock_site: MockSite, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seller]:
    del monkeypatch
    person = mock_site.world.options.accounts[1]
    identities = {
        name: {"login": person.email, "sign_in": "totp", "witness": witness}
        for name, witness in (("site_profile", person.name), ("seller_cabinet", person.company))
    }
    made = install(tmp_path / "home", mock_site, identities=identities, sources={"api_client_id": person.client_id})
    store = open_store(made.home / "secrets", ask_passphrase=lambda: PASSPHRASE, redactor=Redactor())
    assert person.totp_secret
    for identity in identities:
        AccountSecrets(store).save("shop", identity, "totp", person.totp_secret)
    AccountSecrets(store).save("shop", API_PLACE, "api_key", mock_site.world.accounts[1].api_key)
    store.save("mail/password", PASSWORD.encode())
    save_path(made.home, "shop", PATH, at=datetime.now(UTC), by="Тест Тестов")
    mock_site.switches.moderator.delay_s, mock_site.switches.moderator.rule = 0.2, "rejected"
    with mail_server(tmp_path) as server:
        config = Home(made.home).config
        mail = f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\nsender = "{USER}"\n'
        slow = 'answer_window_seconds = "5s"', 'answer_window_seconds = "30s"'  # a machine with more to do
        config.write_text(config.read_text("utf-8").replace("[mail]\n", mail, 1).replace(*slow), encoding="utf-8")
        yield Seller(replace(made, variables={"SSL_CERT_FILE": str(tmp_path / "server.pem")}), server, tmp_path)


def reject_by_order(seller: Seller) -> str:
    """Meets a review, appeals it from its order and hears no; returns the review."""
    seller.run("poll")
    review = write_insult(seller.shop, with_order=True)
    seller.run("poll")
    seller.run("capture", review)
    appeal = seller.rows("appeal", "status")[0]["id"]
    approve(seller, appeal)
    seller.run("appeal", "submit", appeal)
    for _ in range(6):
        seller.run("appeal", "follow")
        if seller.rows("appeal", "status", appeal)[0]["outcome"]:
            break
    assert seller.rows("appeal", "status", appeal)[0]["moderation"] == "rejected"
    return review


def approve(seller: Seller, appeal: str) -> None:
    """Looks at what would go out and approves exactly that."""
    shown = succeed(seller.shop.run("appeal", "preview", appeal, "--json")).data()
    seller.run("appeal", "approve", appeal, "--hash", shown["payload_hash"])


def open_ticket(seller: Seller, review: str) -> str:
    """Opens a ticket with two files; returns its number. Counted at the socket: one opening, one message each."""
    files = [seller.picture("box.png", "teal"), seller.picture("чат с покупателем.png", "olive")]
    drafted = seller.shop.run(
        "appeal", "draft", review, "--channel", "support_chat", "--ground", "insult",
        "--attach", files[0], "--attach", files[1], "--json",
    )  # fmt: skip
    appeal = str(succeed(drafted).data()["id"])
    approve(seller, appeal)
    assert seller.shop.site.ledger.count(OPEN, "POST") == 0
    seller.run("appeal", "submit", appeal)
    (chat,) = seller.shop.site.world.chats.opened
    assert seller.rows("appeal", "status", appeal)[0]["number"] == chat.number
    assert [one.text for one in chat.sent[:-1]] == list(PATH)
    assert review in chat.sent[-1].text
    assert [file.name for file in chat.sent[-1].files] == ["box.png", "чат с покупателем.png"]
    ledger = seller.shop.site.ledger
    assert (ledger.count(OPEN, "POST"), ledger.count(MESSAGE, "POST")) == (1, len(PATH) + 1)
    return chat.number


def answer_in_chat(seller: Seller, review: str) -> None:
    """The operator's question comes by the API, is answered once, and the refusal comes by the API."""
    seller.run("support", "chat", "follow")
    seller.say(review, "Пришлите в чат документ", "asks")
    assert seller.rows("support", "list")[0]["turn"] == "ours"
    paper = seller.picture("документ.png", "navy")
    text = "Документ приложен."
    drafted = seller.shop.run("support", "chat", "draft", review, "--text", text, "--file", paper, "--json")
    message = succeed(drafted).data()
    seller.run("support", "letter", "approve", message["id"], "--hash", message["letter_hash"])
    seller.run("support", "chat", "send")
    (chat,) = seller.shop.site.world.chats.opened
    assert [len(one.files) for one in chat.sent if one.text == text] == [1]
    seller.run("support", "chat", "follow")
    seller.say(review, OPERATOR_WORDS["refused"][:20], "refused")


def follow_in_another_ticket(seller: Seller, review: str, older: str) -> None:
    """The ticket is closed: another one is opened only after a person said so, and names it."""
    site = seller.shop.site
    (closed,) = site.world.chats.opened
    draft = ["appeal", "draft", review, "--channel", "support_chat", "--ground", "insult"]
    assert f"Ticket {older} is open" in seller.run(*draft, code=1)
    closed.is_closed = True
    site.world.chats.say(closed, OPERATOR_WORDS["closed"], site.world.clock.now())
    seller.run("support", "chat", "follow")
    seller.say(review, OPERATOR_WORDS["closed"], "closed")
    assert f"does not name ticket {older}" in seller.run(*draft, "--text", f"Отзыв {review}", code=2)
    appeal = str(succeed(seller.shop.run(*draft, "--json")).data()["id"])
    approve(seller, appeal)
    seller.run("appeal", "submit", appeal)
    opened = site.world.chats.opened[-1]
    assert (len(site.world.chats.opened), site.ledger.count(OPEN, "POST")) == (2, 2)
    assert f"№{older}" in opened.sent[-1].text
    contacts = seller.rows("support", "show", review)[0]["contacts"]
    assert [one["number"] for one in contacts if one["earlier_number"] == older] == [opened.number]
    site.world.chats.say(opened, f"По обращению №{older} мы уже ответили.", site.world.clock.now())
    seller.run("support", "chat", "follow")
    contacts = seller.rows("support", "show", review)[0]["contacts"]
    assert [one["number"] for one in contacts if "мы уже ответили" in one["text"]] == [opened.number]


def call_and_write(seller: Seller, review: str) -> None:
    """A call with a promise and its reminder; a letter whose answer is lost; a reply that is filed."""
    until = f"{datetime.now(ZoneInfo('Europe/Moscow')) + timedelta(hours=2):%Y-%m-%d %H:%M}"
    seller.run(
        "support", "call", review, "--who", "Мария", "--minutes", "7", "--promised", "перезвонят", "--until", until
    )
    calls = [one for one in seller.rows("support", "show", review)[0]["contacts"] if one["way"] == "call"]
    assert [(one["promised"], one["turn"]) for one in calls] == [("перезвонят", "theirs")]
    drafted = seller.shop.run("support", "letter", "draft", review, "--to", "support@platform.test", "--json")
    letter = succeed(drafted).data()
    seller.run("support", "letter", "approve", letter["id"], "--hash", letter["letter_hash"])
    seller.mail.fault = "lost"
    assert "неизвестно" in seller.run("support", "letter", "send", letter["id"], code=8)
    assert seller.shop.run("support", "letter", "send", letter["id"]).code != 0
    assert len(seller.mail.taken) == 1
    reply = seller.folder / "reply.eml"
    reply.write_text(
        f"From: support@platform.test\nTo: {USER}\nMessage-ID: <r1@platform.test>\n"
        f"In-Reply-To: {letter['message_id']}\n"
        "Subject: Re\nContent-Type: text/plain; charset=utf-8\n\nРешение остаётся в силе.\n",
        encoding="utf-8",
    )
    seller.run("support", "reply", str(reply))


def test_a_case_goes_on_from_a_rejected_appeal_to_a_filed_reply_and_its_bundle_verifies(seller: Seller) -> None:
    review = reject_by_order(seller)
    number = open_ticket(seller, review)
    answer_in_chat(seller, review)
    call_and_write(seller, review)
    follow_in_another_ticket(seller, review, number)

    told = seller.rows("support", "show", review)[0]
    ways = [(one["way"], one["direction"]) for one in told["contacts"]]
    assert {("chat", "out"), ("chat", "in"), ("call", "out"), ("mail", "in")} <= set(ways), ways
    assert number in told["numbers"]
    seller.run("evidence", "verify")
    bundle = seller.folder / "bundle"
    seller.run("evidence", "export", told["case_id"], "--out", str(bundle))
    key = json.loads((bundle / "data/bundle-signature.json").read_bytes())["public_key"]
    command = [sys.executable, "-I", "-S", str(bundle / "verify.py"), "--key", key]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
