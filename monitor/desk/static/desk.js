// The desk's quickness: every action here is a link or a form that works without it. Runs under script-src 'self'.
"use strict";
(() => {
  const find = (selector, root = document) => root.querySelector(selector);

  /* Keys: by letter, else by the place of the key, so that a Russian layout needs no switching. */
  const places = { KeyJ: "j", KeyK: "k", KeyA: "a", KeyE: "e", KeyN: "n", KeyS: "s", KeyQ: "q", KeyU: "u" };
  const letters = new Set(Object.values(places));
  const isTyping = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const meant = (event) => (letters.has(event.key.toLowerCase()) ? event.key.toLowerCase() : places[event.code]);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { leaveField(event.target); return; }
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event.target)) return;
    if (event.key === "?") { location.assign("/help"); return; }
    const key = meant(event);
    if (!key || find(".app")?.dataset.keys === "off" || (event.repeat && key !== "j" && key !== "k")) return;
    if (key === "u") { event.preventDefault(); find("#toasts button, [data-undo]")?.click(); return; }
    const control = find(`[data-key="${key}"]`);
    if (!control) return;
    event.preventDefault();
    control.click();
    const details = control.closest("details");
    if (details && control.matches("summary") && details.open) find("textarea", details)?.focus();
  });
  const leaveField = (element) => {
    const details = element.closest("details[open]");
    if (isTyping(element)) element.blur();
    if (details) { details.open = false; find("summary", details)?.focus(); }
  };

  /* A decision greys its row at once; where the server refuses, the page that comes back shows it again. */
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-optimistic]")) find(".row[aria-current]")?.classList.add("is-done");
  });

  /* What happened stays for ten seconds, longer while it is pointed at or focused; taking back stays possible elsewhere. */
  let leaving = 0;
  const arm = () => { clearTimeout(leaving); leaving = setTimeout(() => find("[data-toast]")?.remove(), 10000); };
  const watchToast = () => {
    const toast = find("[data-toast]");
    if (!toast) return;
    for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(leaving));
    for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, arm);
    arm();
  };

  /* After a part of the page was exchanged: the list stays where it was, the reader hears what is new. */
  let scrolled = 0;
  document.addEventListener("htmx:beforeSwap", (event) => {
    scrolled = find(".list__scroll")?.scrollTop ?? 0;
    if (event.detail.xhr.status === 401) location.reload();
  });
  document.addEventListener("htmx:afterSettle", () => {
    const list = find(".list__scroll");
    if (list) list.scrollTop = scrolled;
    find(".row[aria-current]")?.scrollIntoView({ block: "nearest" });
    document.body.classList.toggle("is-reading", /^\/inbox\/[^/]+\/[^/]+/.test(location.pathname));
    if (!find("details[open] textarea")) find("#pane-title")?.focus({ preventScroll: true });
    find("#silent").hidden = true;
    settle();
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => {
      find("#silent").hidden = false;
      find(".row.is-done")?.classList.remove("is-done");
    });
  }

  const countText = () => {
    for (const area of document.querySelectorAll("[data-count]")) {
      const tell = () => {
        const most = area.maxLength > 0 ? ` из ${area.maxLength}` : "";
        find(`#${area.dataset.count}`).textContent = `${[...area.value].length}${most} знаков`;
      };
      area.addEventListener("input", tell);
      tell();
    }
  };

  /* News: only offered, so that nothing moves under the finger. */
  const ask = async () => {
    const inbox = find("#inbox"), bar = find("#news");
    if (document.hidden || !inbox || !bar) return;
    try {
      const answer = await fetch("/news", { headers: { Accept: "text/plain" } });
      if (answer.status === 401) location.reload();
      else if (answer.ok && (await answer.text()) !== inbox.dataset.asOf) bar.hidden = false;
      find("#silent").hidden = true;
    } catch { find("#silent").hidden = false; }
  };
  setInterval(ask, 15000);

  const settle = () => { watchToast(); countText(); };
  settle();
})();
