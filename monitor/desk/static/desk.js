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
    if (key === "u") { event.preventDefault(); takeBack(); return; }
    const control = find(`[data-key="${key}"]`);
    if (!control) return;
    event.preventDefault();
    control.click();
    const details = control.closest("details");
    if (details && control.matches("summary") && details.open) find("textarea", details)?.focus();
  });
  /* The last decision as long as the page knows it, also when its toast is gone; else where all of them stand. */
  const takeBack = () => {
    const undo = find("#toasts button, [data-undo]");
    if (undo) undo.click(); else location.assign("/inbox/decided");
  };
  const leaveField = (element) => {
    const details = element.closest("details[open]");
    if (isTyping(element)) element.blur();
    if (details) { details.open = false; find("summary", details)?.focus(); }
  };

  /* What was typed and not written down is what the person means to send: nothing is decided over it, nor left behind. */
  const unsaved = () => {
    const form = find("#edit form");
    if (!form) return null;
    const isChanged = (field) => {
      if (field.matches("textarea")) return field.value !== field.defaultValue;
      if (field.matches("select")) return field.selectedIndex !== Math.max([...field.options].findIndex((one) => one.defaultSelected), 0);
      return field.matches("[type=checkbox], [type=radio]") && field.checked !== field.defaultChecked;
    };
    return "typed" in form.dataset || [...form.elements].some(isChanged) ? form : null;
  };
  const holdBack = (event, source) => {
    const form = unsaved();
    if (!form || form.contains(source)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    find("#edit").open = true;
    find("#unsaved").hidden = false;
    find("textarea", form).focus();
  };
  let isWriting = false;
  document.addEventListener("submit", (event) => {
    isWriting = true;
    if (event.target.closest(".acts")) holdBack(event, event.target);
  }, true);
  document.addEventListener("htmx:beforeRequest", (event) => holdBack(event, event.detail.elt));
  document.addEventListener("reset", (event) => {
    if (!event.target.closest("#edit")) return;
    delete event.target.dataset.typed;
    find("#unsaved").hidden = true;
    setTimeout(settle); // the count follows what stands there again
  });
  addEventListener("beforeunload", (event) => { if (!isWriting && unsaved()) event.preventDefault(); });
  document.addEventListener("input", () => { isWriting = false; });

  /* The first run has a form a step: what was typed in the others goes along, so that it stands there again. */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-keeps]")) return;
    for (const form of document.querySelectorAll("[data-keeps]")) {
      if (form === event.target) continue;
      for (const [name, value] of new FormData(form)) {
        if (name === "token" || name === "place" || typeof value !== "string" || !value) continue;
        const one = Object.assign(document.createElement("input"), { type: "hidden", name: `also_${name}`, value });
        event.target.append(one);
      }
    }
  }, true);

  /* A decision greys its row at once; where the server refuses, the page that comes back shows it again. */
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-optimistic]")) find(".row[aria-current]")?.classList.add("is-done");
  });

  /* While nothing answers nothing is sent: a form would lead to the browser's own error, and what was typed be lost. */
  const isSilent = () => document.body.classList.contains("is-silent");
  const hush = (is) => { document.body.classList.toggle("is-silent", is); find("#silent").hidden = !is; };
  document.addEventListener("submit", (event) => {
    if (isSilent()) { event.preventDefault(); event.stopImmediatePropagation(); find("#silent").focus(); }
  }, true);

  /* An answer that does not come: nothing for 200 ms, then a bar on top; after 5 s, words. */
  let waits = [];
  const endWait = () => { waits.forEach(clearTimeout); waits = []; document.body.classList.remove("is-waiting"); find("#slow")?.setAttribute("hidden", ""); };
  document.addEventListener("htmx:beforeRequest", () => {
    endWait();
    waits = [
      setTimeout(() => document.body.classList.add("is-waiting"), 200),
      setTimeout(() => find("#slow")?.removeAttribute("hidden"), 5000),
    ];
  });
  document.addEventListener("htmx:afterRequest", endWait);

  /* What happened stays for ten seconds, longer while it is pointed at or focused; taking back stays possible elsewhere. */
  let leaving = 0;
  const arm = () => { clearTimeout(leaving); leaving = setTimeout(() => find("[data-toast]")?.setAttribute("hidden", ""), 10000); };
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
    hush(false);
    settle();
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => {
      hush(true);
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

  /* News as they happen: only offered, so that nothing moves under the finger. Without a stream, asked for now and then. */
  const offer = (asOf, waiting) => {
    const shown = find("[data-as-of]"), bar = find("#news");
    if (!shown || !bar || asOf === shown.dataset.asOf) return;
    const more = Number(waiting) - Number(shown.dataset.waiting);
    const link = find("a", bar);
    link.textContent = shown.id === "inbox" && more > 0 ? `Новых отзывов: ${more}. Показать` : "В хранилище есть новое. Показать";
    bar.hidden = false;
  };
  const ask = async () => {
    if (document.hidden || (stream && !isSilent())) return;
    try {
      const answer = await fetch("/news", { headers: { Accept: "text/plain" } });
      if (answer.status === 401) location.reload();
      else if (answer.ok) { offer(...(await answer.text()).split(" ")); await showWork(); }
      hush(false);
    } catch { hush(true); }
  };
  /* What was begun on this very page has ended: the page shows what came of it, unless something is typed there. */
  const isTouched = () => find("#inbox") || [...document.querySelectorAll("main textarea, main input:not([type=hidden])")]
    .some((one) => (/checkbox|radio/.test(one.type) ? one.checked !== one.defaultChecked : one.value !== one.defaultValue));
  let showing = false, again = false;
  const showWork = async () => {
    if (showing) { again = true; return; }
    showing = true;
    try {
      const answer = await fetch(`/work?back=${encodeURIComponent(location.pathname + location.search)}`);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#work");
      const old = find("#work"), action = old?.contains(document.activeElement) ? document.activeElement.form?.action : "";
      if (fresh && old && old.innerHTML !== fresh.innerHTML) {
        const isEnded = [...fresh.querySelectorAll(`[data-about="${CSS.escape(location.pathname)}"]:not([data-standing=running])`)]
          .some((one) => find(`[data-job="${one.dataset.job}"]`, old)?.dataset.standing === "running");
        old.replaceWith(fresh);
        if (isEnded && !isTouched()) location.reload();
        if (action) [...fresh.querySelectorAll("form")].find((one) => one.action === action)?.querySelector("button")?.focus();
      }
    } catch { /* the stream says when nothing answers */ }
    showing = false;
    if (again) { again = false; setTimeout(showWork, 300); }
  };
  /* One stream for all pages of a browser: it keeps six connections to the desk, and each stream would take one for
     itself. The page that holds the lock listens and tells the others; when it is hidden or closed, another one does. */
  let stream = null, worked = find("#work")?.dataset.stamp, letGo = null, isQueued = false;
  const others = window.BroadcastChannel ? new BroadcastChannel("desk") : null;
  const heard = {
    news: (text) => offer(...text.split(" ")),
    work: (text) => { if (text !== worked) { worked = text; showWork(); } },
    locked: () => location.reload(),
  };
  others?.addEventListener("message", (event) => { if (!document.hidden) heard[event.data.kind]?.(event.data.text); });
  const hear = (kind, text) => { heard[kind](text); others?.postMessage({ kind, text }); };
  const stop = () => { stream?.close(); stream = null; letGo?.(); letGo = null; };
  const listen = () => {
    if (document.hidden) { stop(); return; }
    if (stream || isQueued || !window.EventSource || !find(".app")) return; // the first run has no stream
    if (!navigator.locks) { open(); return; }
    isQueued = true;
    navigator.locks.request("desk-live", () => new Promise((done) => {
      isQueued = false;
      if (document.hidden) { done(); return; }
      letGo = done;
      open();
    }));
  };
  const open = () => {
    stream = new EventSource("/live");
    stream.addEventListener("open", () => hush(false));
    for (const kind of ["news", "work"]) stream.addEventListener(kind, (event) => hear(kind, event.data));
    stream.addEventListener("locked", () => hear("locked", ""));
    stream.addEventListener("error", () => { stop(); hush(true); });
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", stop);
  listen();
  /* Asked again after pauses that grow while nothing answers, up to a minute. */
  const [shortest, usual] = find(".app") ? [3000, 15000] : [2000, 2000];
  let pause = usual;
  const goOn = async () => {
    if (!stream || isSilent()) { await ask(); if (!stream && !isSilent()) listen(); }
    pause = isSilent() ? Math.min(pause === usual ? shortest : pause * 2, 60000) : usual;
    setTimeout(goOn, pause);
  };
  setTimeout(goOn, shortest);

  /* Files: the field itself takes what is dropped on it; this only shows where, and what was taken. */
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const zone = event.target.closest?.("[data-drop]");
      for (const one of document.querySelectorAll(".is-over")) if (one !== zone) one.classList.remove("is-over");
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // beside the field a browser would open the file in place of the page
      zone?.classList.toggle("is-over", name === "dragenter" || name === "dragover");
      if (name === "drop" && zone) {
        const field = find("input[type=file]", zone);
        field.files = event.dataTransfer.files;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
  document.addEventListener("change", (event) => {
    const told = event.target.closest?.("[data-drop]")?.querySelector("[data-drop-names]");
    if (told && event.target.files) told.textContent = [...event.target.files].map((one) => `${one.name}, ${Math.ceil(one.size / 1024)} КБ`).join("; ");
  });
  /* One timer for all clocks: how long a decision can still be taken back. The absolute time stands beside it. */
  const tick = () => {
    if (document.hidden) return;
    for (const one of document.querySelectorAll("[data-until]")) {
      const left = Math.floor((Date.parse(one.dataset.until) - Date.now()) / 1000);
      const minutes = Math.floor(left / 60);
      const soon = left < 3600 ? `${minutes}:${String(left % 60).padStart(2, "0")}` : `${Math.floor(minutes / 60)} ч ${minutes % 60} мин`;
      one.textContent = left > 0 && left < 36000 ? `ещё ${soon}` : "";
    }
  };
  setInterval(tick, 1000);

  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-print]")) window.print(); });

  const settle = () => {
    watchToast();
    countText();
    tick();
    for (const one of document.querySelectorAll("[data-print]")) one.hidden = false;
  };
  settle();
})();
