"""The secret store: nothing readable by others, nothing in clear text, nothing replaced by itself."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.compat import properties
from keyring.errors import InitError

from monitor.errors import SecretDamaged, SecretsUnavailable, WrongPassphrase
from monitor.secrets.data_keys import probe_keyring
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import SealedFiles, create_store, open_store, open_store_with_key
from monitor.secrets.vault import AccountSecrets, SessionVault, load_or_create_signing_key

PASSPHRASE = "correct horse battery staple"
VALUE = b"canary-4f1c9d"


class MemoryKeyring(KeyringBackend):
    """A keyring that works. Only chosen when set: it offers no priority."""

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        raise RuntimeError("only for tests")

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class LockedKeyring(MemoryKeyring):
    """Looks fine until it is used, as a locked session keyring does."""

    def set_password(self, *_: str, **__: str) -> None:
        raise InitError("Prompt dismissed")


class StrangeKeyring(MemoryKeyring):
    """Fails with an error of its own kind, as back ends of operating systems do."""

    def set_password(self, *_: str, **__: str) -> None:
        raise RuntimeError("D-Bus went away")


class PlaintextKeyring(MemoryKeyring):
    """Works, and keeps secrets in clear text."""


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


@pytest.fixture
def store(folder: Path) -> SealedFiles:
    return create_store(folder, "ephemeral")


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_and_folders_are_for_their_owner_alone_under_any_umask(folder: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        vault = SessionVault(create_store(folder, "file", passphrase=PASSPHRASE))
        vault.save("shop", "site_profile", b"one")
        vault.save("shop", "site_profile", b"two")
    finally:
        os.umask(before)

    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in (folder, *folder.rglob("*"))}
    assert modes == {(True, 0o700), (False, 0o600)}
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 3


def test_no_byte_of_a_secret_is_on_disk(folder: Path) -> None:
    store = create_store(folder, "file", passphrase=PASSPHRASE)
    store.save("account/shop/site_profile/totp", VALUE)

    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for hidden in (VALUE, PASSPHRASE.encode(), store.data_key().encode()):
        assert hidden not in content
        assert base64.b64encode(hidden)[:8] not in content


def test_a_session_is_read_back_with_its_time_and_its_predecessor(store: SealedFiles) -> None:
    vault = SessionVault(store)
    vault.save("shop", "site_profile", b"one")
    vault.save("shop", "site_profile", b"two")

    current, previous = vault.load("shop", "site_profile"), vault.load_previous("shop", "site_profile")
    assert current is not None
    assert previous is not None
    assert (current.value, previous.value) == (b"two", b"one")
    assert current.saved_at.tzinfo is not None


def test_a_forgotten_session_leaves_nothing(store: SealedFiles, folder: Path) -> None:
    vault = SessionVault(store)
    vault.save("shop", "site_profile", b"one")
    vault.save("shop", "site_profile", b"two")

    assert vault.forget("shop", "site_profile") is True
    assert vault.forget("shop", "site_profile") is False
    assert vault.load("shop", "site_profile") is None
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["store.json"]


def test_secrets_of_one_account_are_not_those_of_another(store: SealedFiles) -> None:
    secrets = AccountSecrets(store)
    secrets.save("shop", "site_profile", "totp", "AAAA")

    assert secrets.load("shop", "site_profile", "totp") == "AAAA"
    assert secrets.load("shop", "seller_cabinet", "totp") is None
    assert secrets.load("other", "site_profile", "totp") is None


def test_the_signing_key_is_made_once(store: SealedFiles) -> None:
    key = load_or_create_signing_key(store)

    assert len(key) == 32
    assert load_or_create_signing_key(store) == key


def test_a_damaged_signing_key_is_not_replaced(store: SealedFiles, folder: Path) -> None:
    load_or_create_signing_key(store)
    path = folder / "signing" / "ed25519.sealed"
    path.write_bytes(path.read_bytes()[:-4] + b"AAA=")
    content = path.read_bytes()

    with pytest.raises(SecretDamaged):
        load_or_create_signing_key(store)
    assert path.read_bytes() == content


def test_a_file_in_the_place_of_another_is_noticed(store: SealedFiles, folder: Path) -> None:
    store.save("session/shop/a", b"one")
    store.save("session/shop/b", b"two")
    (folder / "session/shop/a.sealed").replace(folder / "session/shop/b.sealed")

    with pytest.raises(SecretDamaged, match="another secret"):
        store.load("session/shop/b")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_secret_that_others_can_read_is_refused(store: SealedFiles, folder: Path, mode: int) -> None:
    store.save("session/shop/a", VALUE)
    (folder / "session/shop/a.sealed").chmod(mode)

    with pytest.raises(SecretDamaged, match=f"{mode:04o}"):
        store.load("session/shop/a")


def test_a_folder_that_others_can_enter_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o755)

    with pytest.raises(SecretDamaged, match="0755"):
        create_store(folder, "ephemeral")


@pytest.mark.parametrize("plant", ["link", "pipe", "folder"])
def test_what_is_planted_in_the_place_of_a_secret_is_refused(
    store: SealedFiles, folder: Path, tmp_path: Path, plant: str
) -> None:
    store.save("session/shop/a", VALUE)
    path = folder / "session/shop/a.sealed"
    path.rename(tmp_path / "elsewhere")
    if plant == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif plant == "pipe":
        os.mkfifo(path, 0o600)
    else:
        path.mkdir(mode=0o700)

    with pytest.raises(SecretDamaged):
        store.load("session/shop/a")


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a//b", "A", "a/..", "", "a\0b", "a/b/c/d/e", "con:x"])
def test_a_name_cannot_leave_the_store(store: SealedFiles, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        store.save(name, VALUE)


def test_a_full_disk_keeps_the_old_secret(store: SealedFiles, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save("session/shop/a", b"old")
    before = sorted(folder.rglob("*"))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(SecretsUnavailable, match="No space left"):
            store.save("session/shop/a", b"new")

    found = store.load("session/shop/a")
    assert found is not None
    assert found.value == b"old"
    assert sorted(folder.rglob("*")) == before


def test_a_passphrase_opens_its_store_and_no_other_does(folder: Path) -> None:
    create_store(folder, "file", passphrase=PASSPHRASE).save("session/shop/a", VALUE)

    loaded = open_store(folder, ask_passphrase=lambda: PASSPHRASE).load("session/shop/a")
    assert loaded is not None
    assert loaded.value == VALUE
    with pytest.raises(WrongPassphrase):
        open_store(folder, ask_passphrase=lambda: PASSPHRASE + "!")


def test_a_short_passphrase_is_refused_and_nothing_is_made(folder: Path) -> None:
    with pytest.raises(SecretsUnavailable, match="10 characters"):
        create_store(folder, "file", passphrase="short")
    assert not folder.exists()


def test_without_anybody_to_ask_the_store_stays_closed(folder: Path) -> None:
    create_store(folder, "file", passphrase=PASSPHRASE)

    with pytest.raises(SecretsUnavailable, match="standard input is not a terminal"):
        open_store(folder)


def test_a_child_opens_the_store_with_the_key_it_is_handed(store: SealedFiles, folder: Path) -> None:
    store.save("session/shop/a", VALUE)

    found = open_store_with_key(folder, store.data_key()).load("session/shop/a")

    assert found is not None
    assert found.value == VALUE


@pytest.mark.parametrize("key", ["", "short", "A" * 44, base64.urlsafe_b64encode(bytes(32)).decode()])
def test_another_key_does_not_open_it(store: SealedFiles, folder: Path, key: str) -> None:
    assert store.kind == "ephemeral"
    with pytest.raises(SecretsUnavailable):
        open_store_with_key(folder, key)


def test_an_ephemeral_store_cannot_be_opened_again_but_can_be_replaced(store: SealedFiles, folder: Path) -> None:
    store.save("session/shop/a", VALUE)

    with pytest.raises(SecretsUnavailable, match="process that has ended"):
        open_store(folder)
    assert create_store(folder, "ephemeral").names() == ()


def test_a_store_that_is_there_is_never_replaced(folder: Path) -> None:
    create_store(folder, "file", passphrase=PASSPHRASE).save("session/shop/a", VALUE)

    with pytest.raises(SecretsUnavailable, match="already"):
        create_store(folder, "ephemeral")
    assert open_store(folder, ask_passphrase=lambda: PASSPHRASE).names() == ("session/shop/a",)


def test_a_store_with_a_damaged_head_says_so(store: SealedFiles, folder: Path) -> None:
    key = store.data_key()
    (folder / "store.json").write_text('{"version": 2}')

    with pytest.raises(SecretDamaged, match="head"):
        open_store_with_key(folder, key)


def test_a_working_keyring_holds_the_key_alone(memory_keyring: MemoryKeyring, folder: Path) -> None:
    create_store(folder, "keyring").save("session/shop/a", VALUE * 1000)

    assert [len(value) for value in memory_keyring.kept.values()] == [44]
    found = open_store(folder).load("session/shop/a")
    assert found is not None
    assert found.value == VALUE * 1000


def test_a_key_that_left_the_keyring_is_not_made_anew(memory_keyring: MemoryKeyring, folder: Path) -> None:
    create_store(folder, "keyring")
    memory_keyring.kept.clear()

    with pytest.raises(SecretsUnavailable, match="no key for this store"):
        open_store(folder)
    assert memory_keyring.kept == {}


def test_a_discarded_store_takes_its_key_with_it(memory_keyring: MemoryKeyring, folder: Path) -> None:
    create_store(folder, "keyring").discard()

    assert memory_keyring.kept == {}
    assert not folder.exists()


@pytest.mark.parametrize(
    ("backend", "told"),
    [
        (fail.Keyring, "recommended"),
        (null.Keyring, "does not give it back"),
        (LockedKeyring, "Prompt dismissed"),
        (StrangeKeyring, "D-Bus went away"),
        (PlaintextKeyring, "clear text"),
    ],
)
def test_a_keyring_that_keeps_nothing_safe_is_refused_and_nothing_is_written(
    memory_keyring: MemoryKeyring, folder: Path, backend: type[KeyringBackend], told: str
) -> None:
    assert memory_keyring.kept == {}
    keyring.set_keyring(backend())

    assert told in probe_keyring().problem
    with pytest.raises(SecretsUnavailable) as caught:
        create_store(folder, "keyring")
    assert "--secrets file" in caught.value.hint
    assert not folder.exists()


def test_a_chain_that_begins_with_clear_text_is_refused(
    memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert memory_keyring.kept == {}
    monkeypatch.setattr(ChainerBackend, "backends", [PlaintextKeyring(), MemoryKeyring()])
    keyring.set_keyring(ChainerBackend())  # type: ignore[no-untyped-call]

    assert "clear text" in probe_keyring().problem


def test_a_probe_leaves_nothing_behind(memory_keyring: MemoryKeyring) -> None:
    assert probe_keyring().is_usable
    assert memory_keyring.kept == {}


def test_no_secret_shows_in_a_printed_object(store: SealedFiles) -> None:
    store.save("session/shop/a", VALUE)
    redactor = Redactor()
    redactor.add(VALUE.decode())

    shown = f"{store!r} {store.load('session/shop/a')!r} {redactor!r}"

    assert not re.search(re.escape(VALUE.decode()), shown)
    assert store.data_key() not in shown
