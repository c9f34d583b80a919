"""``mock serve`` says everything that a person needs to begin, and the code of a sign-in when it is sent."""

from __future__ import annotations

import socket
import sys
import tomllib

import pytest

from mock_site.server import MockSite
from mock_site.world import WorldOptions
from monitor.cli import main
from monitor.cli.mock import _announce
from monitor.config.settings import default_settings


def test_what_is_printed_is_enough_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    with MockSite.start(WorldOptions(seed=7, products=3, reviews_per_product=2)) as site:
        _announce(site)
        told = capsys.readouterr()
        account = site.world.options.accounts[0]
        assert f"login: {account.email}" in told.out
        assert told.out.count("product: http://www.localhost:") == 3
        lines = told.out[told.out.index("[sites.ozon]") :]
        assert default_settings(tomllib.loads(lines)).sites["ozon"].origins == dict(site.origins)
        assert f"--origin www={site.origins['www']}" in told.err
        site.world.sign_ins.begin(site.world.sign_ins.accounts[0], account.email, "/")
        assert f"The code for {account.email}: {site.code_for(account.email)}" in capsys.readouterr().err


def test_a_port_that_is_taken_is_named_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        monkeypatch.setattr(sys, "argv", ["fairreview", "mock", "serve", "--port", port, "--control-port", "0"])
        with pytest.raises(SystemExit) as end:
            main()
    assert (end.value.code, "--port 0" in capsys.readouterr().err) == (2, True)
