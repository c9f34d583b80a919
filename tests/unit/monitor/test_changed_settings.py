"""Settings changed under a running watcher are taken up, or named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

from monitor.bootstrap import Installation
from monitor.clock import SystemClock
from monitor.config.home import Home
from monitor.config.settings import load_settings
from monitor.config.template import write_config
from monitor.engine.changed_settings import ChangedSettings
from monitor.engine.loop import WatchLoop
from monitor.engine.turns import AccountTurns
from tests.appeal_world import fast_folder
from tests.command_world import forget_home, make_home, open_home
from tests.site_in_memory import new_site


def configured(home: Home, *names: str, **further: object) -> None:
    home.create()
    write_config(home.config, {"account": [{"name": name} for name in names], **further})


def test_a_changed_file_is_taken_once_and_one_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    home, said = Home(tmp_path / "home"), list[str]()
    configured(home, "shop")
    changed = ChangedSettings(home, load_settings(home), said.append)
    assert changed.take() is None
    configured(home, "shop", "second-shop")
    fresh = changed.take()
    assert fresh is not None
    assert [one.name for one in fresh.account] == ["shop", "second-shop"]
    assert changed.take() is None
    home.config.write_text("[broken")
    assert changed.take() is None
    assert changed.take() is None
    assert (len(said), "the old settings stay" in said[0]) == (1, True)
    configured(home, "shop", "second-shop")
    assert changed.take() is None, "it says again what it said before"


def test_the_loop_ends_its_round_for_changed_settings_and_goes_on_with_them(tmp_path: Path) -> None:
    site = new_site()
    with fast_folder(tmp_path) as folder, ThreadPoolExecutor(1) as pool:
        make_home(folder / "home", site.clock)
        installation, said = open_home(folder / "home", site.clock), list[str]()
        accounts = installation.settings.account
        turns = AccountTurns(installation, cast("Any", SimpleNamespace()), accounts, say=said.append)
        old = installation.home.config.read_text()
        changed = ChangedSettings(installation.home, installation.settings, said.append)
        installation.home.config.write_text(old + '\n[[account]]\nname = "second-shop"\nproducts = ["1002"]\n')
        fresh = WatchLoop(turns, Event())._go_round(pool, pool, 1, changed)
        assert fresh is not None
        turns.take_up(fresh)
        assert [one.name for one in turns.accounts] == ["shop", "second-shop"]
        assert said == ["The settings were changed: 2 accounts from now on."]
        turns.enrol()
        turns.say_wait()
        turns.say_wait()
        assert [text.startswith("Nothing is due before ") for text in said] == [False, True]
        forget_home(folder / "home")


def test_what_cannot_be_taken_up_is_named(tmp_path: Path) -> None:
    home, said = Home(tmp_path / "home"), list[str]()
    configured(home, "shop")
    installation = Installation(home, load_settings(home), SystemClock())
    turns = AccountTurns(
        installation, cast("Any", SimpleNamespace()), installation.settings.account, say=said.append, only="shop"
    )
    configured(home, "shop", "other", vault={"passphrase_file": str(tmp_path / "phrase")})
    turns.take_up(load_settings(home))
    assert said == ["The settings were changed: 1 account from now on. A new start is needed for [vault]."]
