// The one script of all pages. Handlers are bound late when the page says so; until then clicks are swallowed,
// as on a server-rendered page whose framework has not woken up yet.
(() => {
  const root = document.documentElement;
  const swallow = (event) => {
    if (event.target.closest && event.target.closest("[data-js]")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  const early = ["click", "submit", "change", "keydown"];
  early.slice(0, 3).forEach((name) => document.addEventListener(name, swallow, true));

  const template = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
  const closeMenus = () => document.querySelectorAll('[role="menu"]').forEach((menu) => menu.remove());
  const uuidOf = (card) => card.getAttribute("data-review-uuid") || card.getAttribute("data-uuid");
  const textOf = (card) =>
    [...card.querySelectorAll("[data-js-text]")].map((node) => node.textContent.replace(/\u00a0$/, "")).join("\n");
  const isReported = (card) => card.hasAttribute("data-js-reported") ||
    card.textContent.includes(document.getElementById("reported-note").content.textContent.trim());
  let cardOfMenu = null;

  const openMenu = (button) => {
    const wasOpen = button.getAttribute("aria-expanded") === "true";
    closeMenus();
    document.querySelectorAll('[data-js="kebab"]').forEach((one) => one.setAttribute("aria-expanded", "false"));
    if (wasOpen) return;
    cardOfMenu = button.closest('[data-js="card"]');
    const menu = template("review-menu");
    if (isReported(cardOfMenu)) menu.querySelector('[data-js="report"]').remove();
    button.setAttribute("aria-expanded", "true");
    button.after(menu);
  };

  const openDialog = (card) => {
    closeMenus();
    const shade = template("report-dialog");
    const dialog = shade.querySelector('[role="dialog"]');
    const form = dialog.querySelector("form");
    if (form.dataset.kind === "iframe") return Filing.framed("Жалоба", "/report/frame?review=" + uuidOf(card));
    dialog.setAttribute("data-review-uuid", uuidOf(card));
    dialog.querySelector("[data-js-quote]").textContent = textOf(card);
    form.querySelector('[name="reviewUuid"]').value = uuidOf(card);
    document.body.append(shade);
    Filing.hideInShadow(shade, whenFiled);
  };

  const markReported = (uuid) => document.querySelectorAll('[data-js="card"]').forEach((card) => {
    if (uuidOf(card) !== uuid) return;
    card.append(template("reported-note"));
    card.setAttribute("data-js-reported", "1");
    card.querySelectorAll('[data-js="complain"]').forEach((button) => button.remove());
  });

  const whenFiled = (form) => {
    if (form.dataset.channel === "public_report") markReported(form.querySelector('[name="reviewUuid"]').value);
  };

  const openDrawer = async (button) => {
    const uuid = button.closest("[reviewuuid]").getAttribute("reviewuuid");
    const box = document.querySelector("[data-js-drawer]");
    box.innerHTML = await (await fetch("/app/reviews/drawer?review=" + uuid)).text();
    if (!box.querySelector("[data-js-detail]")) return;
    const body = JSON.stringify({ company_id: "1", company_type: "seller", review_uuid: uuid });
    await fetch("/api/v2/review/detail", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  };

  const openComplaint = async (button) => {
    const uuid = button.closest("[reviewuuid]").getAttribute("reviewuuid");
    const url = "/app/reviews/complaint?review=" + uuid;
    if (button.dataset.kind === "iframe") return Filing.framed("Жалоба на отзыв", url + "&frame=1");
    const box = button.parentElement.querySelector("[data-js-complaint]");
    box.innerHTML = await (await fetch(url)).text();
    Filing.hideInShadow(box, whenFiled);
  };

  const choose = (option) => {
    const group = option.closest('[role="radiogroup"]');
    group.querySelectorAll('[role="radio"]').forEach((one) => one.setAttribute("aria-checked", String(one === option)));
    group.querySelector('input[type="hidden"]').value = option.dataset.value;
  };

  const loadShelf = (box) => new IntersectionObserver(async (seen, observer) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    observer.disconnect();
    box.innerHTML = await (await fetch(box.dataset.shelf)).text();
  }, { rootMargin: "300px" }).observe(box);

  const countDown = (line) => {
    let left = Number(line.dataset.resend);
    const timer = setInterval(() => {
      left -= 1;
      line.querySelector("span").textContent = String(Math.max(left, 0));
      if (left > 0) return;
      clearInterval(timer);
      line.hidden = true;
      line.nextElementSibling.hidden = false;
    }, 1000);
  };

  const showBanner = (holder) => setTimeout(() => {
    document.body.append(holder.content.firstElementChild.cloneNode(true));
  }, Number(holder.dataset.after));

  const copyLink = () => {
    closeMenus();
    const note = template("copied-note");
    document.body.append(note);
    setTimeout(() => note.remove(), 3000);
  };

  const onClick = {
    kebab: openMenu,
    report: () => openDialog(cardOfMenu),
    complain: (button) => openDialog(button.closest('[data-js="card"]')),
    "copy-link": copyLink,
    drawer: openDrawer,
    complaint: openComplaint,
    choose,
    "dialog-close": (button) => button.closest('[role="dialog"]').parentElement.remove(),
    "popup-close": (button) => button.parentElement.remove(),
    "cookies-ok": (button) => {
      document.cookie = "cookie_ok=1; path=/; SameSite=Lax";
      button.closest('[role="dialog"]').remove();
    },
    "by-email": (button) => {
      document.querySelector('[data-js-by="phone"]').hidden = true;
      document.querySelector('[data-js-by="email"]').hidden = false;
      button.hidden = true;
    },
    more: (button) => {
      button.previousElementSibling.querySelector("[data-js-text]").textContent = button.dataset.rest;
      button.remove();
    },
    go: (button) => location.assign(button.dataset.href),
  };

  const bind = () => {
    early.forEach((name) => document.removeEventListener(name, swallow, true));
    document.addEventListener("click", (event) => {
      const pressed = event.composedPath()[0];
      const target = pressed.closest && pressed.closest("[data-js]");
      const handler = target && onClick[target.dataset.js];
      if (handler) handler(target);
      else if (!event.target.closest('[role="menu"]')) closeMenus();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches('div[role="menuitem"]')) event.target.click();
      if (event.key === "Escape") closeMenus();
    });
    Filing.listen(document, whenFiled);
    Filing.hideInShadow(document, whenFiled);
    document.querySelectorAll("[data-shelf]").forEach(loadShelf);
    root.dataset.hydrated = "true";
  };

  document.addEventListener("DOMContentLoaded", () => {
    const quirks = Filing.quirks();
    if (quirks.has("worker") && navigator.serviceWorker) navigator.serviceWorker.register("/worker.js");
    if (quirks.has("window")) document.addEventListener("click", () => window.open("/", "_blank"), { once: true });
    if (quirks.has("alert")) alert("Добро пожаловать!");
    document.querySelectorAll("[data-resend]").forEach(countDown);
    const banner = document.getElementById("cookie-banner");
    if (banner) showBanner(banner);
    const delay = Number(root.dataset.hydrationDelay);
    if (delay) setTimeout(bind, delay);
    else bind();
  });
})();
