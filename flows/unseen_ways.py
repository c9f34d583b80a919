"""What no session of the browser sees is taken from pages and workers: sockets, peers, downloads, reading ahead.

The sources here run before any script of a page, in each of its frames, and in front of each worker's own script. A
worker made of a string has no answer that could be changed on its way: its text is read and built anew. One that is a
module as well cannot be helped so (what it imports runs first) and is refused.
"""

from __future__ import annotations

import re

POLICY = "connect-src http: https: data: blob: filesystem:"
"""No ``ws:`` and ``wss:``. Frames without an address and workers made of a string inherit it from their document."""

BEFORE_ALL = """
(function takeAway() {
  for (const name of ["WebTransport", "WebSocketStream", "RTCPeerConnection", "webkitRTCPeerConnection"])
    delete globalThis[name];
  const source = `(${takeAway})();\\n`, known = new Map();
  const guarded = (address, options) => {
    const url = String(address);
    if (!/^(blob|data):/i.test(url)) return address;
    if (options?.type === "module") throw new TypeError("no module worker can be made of a string here");
    if (!known.has(url)) {
      const asked = new XMLHttpRequest();
      asked.open("GET", url, false);
      asked.send();
      known.set(url, URL.createObjectURL(new Blob([source, asked.responseText], {type: "text/javascript"})));
    }
    return known.get(url);
  };
  for (const name of ["Worker", "SharedWorker"]) {
    const own = globalThis[name];
    if (!own) continue;
    const construct = (target, [address, options], self) =>
      Reflect.construct(target, [guarded(address, options), options], self);
    globalThis[name] = own.prototype.constructor = new Proxy(own, {construct});
  }
})();
"""

# A <meta> works as soon as it is in the head, and goes on working when it is taken out again.
IN_DOCUMENTS = f"""{BEFORE_ALL}
(() => {{
  const forbid = () => {{
    if (!document.head) return false;
    const policy = document.createElement("meta");
    policy.httpEquiv = "Content-Security-Policy";
    policy.content = "{POLICY}";
    document.head.prepend(policy);
    policy.remove();
    return true;
  }};
  if (!forbid())
    new MutationObserver((_, watch) => {{ if (forbid()) watch.disconnect(); }})
      .observe(document, {{childList: true, subtree: true}});
  // What a link with "download" asks the network for is not seen.
  const isDownload = node =>
    node instanceof HTMLAnchorElement && node.hasAttribute("download") && /^http/i.test(node.href);
  addEventListener("click", event => {{
    for (const link of event.composedPath().filter(isDownload)) {{
      event.preventDefault();
      if (!event.cancelable) link.removeAttribute("download");  // the link is followed then, and that is seen
    }}
  }}, true);
  for (const name of ["click", "dispatchEvent"]) {{
    const own = HTMLAnchorElement.prototype[name];
    HTMLAnchorElement.prototype[name] = function (event) {{
      return isDownload(this) && !this.isConnected ? false : own.apply(this, arguments);
    }};
  }}
  const isReadingAhead = node => node.nodeName === "SCRIPT" && node.type === "speculationrules";
  new MutationObserver(changes => {{
    for (const change of changes) for (const node of change.addedNodes) if (isReadingAhead(node)) node.remove();
  }}).observe(document, {{childList: true, subtree: true}});
}})()"""

_STRICT = re.compile(rb"""\s*(?:/\*.*?\*/\s*|//[^\n]*\n\s*)*["']use strict["']""", re.DOTALL)


def in_front_of(script: bytes) -> bytes:
    """Puts the source in front of a worker's script, which stays strict if it was."""
    strict = b'"use strict";' if _STRICT.match(script) else b""
    return strict + BEFORE_ALL.encode() + script
