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
  const csrf = () => document.querySelector('meta[name="csrf-token"]').content;
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
    dialog.setAttribute("data-review-uuid", uuidOf(card));
    dialog.querySelector("[data-js-quote]").textContent = textOf(card);
    document.body.append(shade);
  };

  const alertIn = (form, text) => {
    const alert = form.querySelector("[data-js-alert]");
    alert.textContent = text;
    alert.hidden = !text;
  };

  const markReported = (uuid) => document.querySelectorAll('[data-js="card"]').forEach((card) => {
    if (uuidOf(card) !== uuid) return;
    card.append(template("reported-note"));
    card.setAttribute("data-js-reported", "1");
    card.querySelectorAll('[data-js="complain"]').forEach((button) => button.remove());
  });

  const sendReport = async (form) => {
    const dialog = form.closest('[role="dialog"]');
    const said = (name) => dialog.querySelector(`template[${name}]`).content.textContent;
    const reason = form.querySelector('input[name="reason"]:checked');
    if (!reason) return alertIn(form, said("data-js-missing"));
    const uuid = dialog.getAttribute("data-review-uuid");
    const body = { reviewUuid: uuid, reasonId: reason.value, comment: form.querySelector("textarea").value, csrf: csrf() };
    form.querySelector('button[type="submit"]').disabled = true;
    let answer;
    try {
      const response = await fetch(form.dataset.action, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
      });
      answer = await response.json();
    } catch {
      answer = { success: false };
    }
    form.querySelector('button[type="submit"]').disabled = false;
    if (answer.incidentId) return location.assign("/challenge?incident=" + encodeURIComponent(answer.incidentId));
    if (!answer.success) return alertIn(form, answer.error || said("data-js-failed"));
    markReported(uuid);
    form.replaceWith(dialog.querySelector("template[data-js-success]").content.cloneNode(true));
  };

  const upload = async (input) => {
    const form = input.closest("form");
    const list = form.querySelector("[data-js-files]");
    alertIn(form, "");
    for (const file of [...input.files]) {
      if (list.children.length >= Number(input.dataset.max)) {
        alertIn(form, `Не больше ${input.dataset.max} файлов`);
        break;
      }
      const row = document.createElement("li");
      row.textContent = `${file.name} — загружается`;
      list.append(row);
      const body = new FormData();
      body.append("csrf", csrf());
      body.append("file", file);
      let answer;
      try {
        answer = await (await fetch("/my/appeals/upload", { method: "POST", body })).json();
      } catch {
        answer = { error: "Файл не загружен" };
      }
      if (answer.error) {
        row.remove();
        alertIn(form, answer.error);
        continue;
      }
      row.textContent = `${file.name} — загружен`;
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = "file_id";
      hidden.value = answer.id;
      row.append(hidden);
    }
    input.value = "";
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
    go: (button) => location.assign(button.dataset.href),
  };

  const bind = () => {
    early.forEach((name) => document.removeEventListener(name, swallow, true));
    document.addEventListener("click", (event) => {
      const target = event.target.closest("[data-js]");
      const handler = target && onClick[target.dataset.js];
      if (handler) handler(target);
      else if (!event.target.closest('[role="menu"]')) closeMenus();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches('div[role="menuitem"]')) event.target.click();
      if (event.key === "Escape") closeMenus();
    });
    document.addEventListener("submit", (event) => {
      if (event.target.dataset.js !== "report-form") return;
      event.preventDefault();
      sendReport(event.target);
    });
    document.addEventListener("change", (event) => {
      if (event.target.dataset.js === "upload") upload(event.target);
    });
    document.querySelectorAll("[data-shelf]").forEach(loadShelf);
    root.dataset.hydrated = "true";
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-resend]").forEach(countDown);
    const banner = document.getElementById("cookie-banner");
    if (banner) showBanner(banner);
    const delay = Number(root.dataset.hydrationDelay);
    if (delay) setTimeout(bind, delay);
    else bind();
  });
})();
