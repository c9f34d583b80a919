"""One browser with one page of this machine for some seconds; ``loud`` leaves the product's own switches out."""

from __future__ import annotations

import http.server
import sys
import threading

import flows.browser
from flows.browser import MAKERS_HOSTS
from tests.machine_browser import open_machine_browser


def main(argv: list[str]) -> int:
    if argv == ["loud"]:
        quiet = flows.browser.QUIET_ARGUMENTS
        loud = tuple(one for one in quiet if MAKERS_HOSTS[0] not in one)
        setattr(flows.browser, "QUIET_ARGUMENTS", loud)  # noqa: B010 - a constant everywhere else
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open_machine_browser() as handle:
        page = handle.browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.evaluate("() => new Promise(done => setTimeout(done, 5000))")
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
