// The cabinet's chats: the help popup whose press opens a ticket, the list, and one chat. Its switches are attributes.
(() => {
  const csrf = document.querySelector('meta[name="csrf-token"]').content;
  const find = (name, root = document) => root.querySelector(`[data-js-${name}]`);
  const leadTo = (id) => location.assign(`/app/messenger/?group=support_v2&id=${id}`);
  const post = (url, body) => fetch(url, {
    method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ csrf, ...body }),
  }).then((answer) => answer.json());
  const say = (text) => { const alert = find("alert"); if (alert) { alert.textContent = text; alert.hidden = false; } };
  const chat = find("chat");
  const idNow = () => chat.getAttribute("current-chat-id");

  const drift = () => {
    const head = find("head");
    const other = document.querySelector(`[conversationid="${chat.dataset.other}"] span`);
    chat.setAttribute("current-chat-id", chat.dataset.other);
    head.setAttribute("active-chat-id", chat.dataset.other);
    if (other) head.textContent = other.textContent;
  };

  const openTicket = async (button) => {
    button.disabled = true;
    let answer;
    try { answer = await post("/api/messenger/open", {}); } catch { answer = { success: false }; }
    if (answer.incidentId) return location.assign("/challenge?incident=" + encodeURIComponent(answer.incidentId));
    if (!answer.success) return window.alert(answer.error || "Что-то пошло не так");
    if (button.dataset.opens === "no_number") { button.textContent = "Обращение создано"; return undefined; }
    const wait = button.dataset.opens === "late_number" ? 1000 : 0;
    return setTimeout(() => leadTo(answer.chat_id), wait);
  };

  const show = (text, names) => {
    const shown = document.createElement("div");
    shown.setAttribute("is-mine", "mine");
    const line = document.createElement("div");
    line.textContent = text;
    shown.append(line, ...names.map((name) => {
      const link = document.createElement("a");
      link.download = name; link.href = "#"; link.textContent = name;
      return link;
    }));
    chat.append(shown);
  };

  const send = async (text, done) => {
    if (chat.dataset.drift === "on_send") drift();
    const previews = [...document.querySelectorAll("[data-js-previews] img")];
    const body = { chat_id: idNow(), text, file_ids: previews.map((one) => one.dataset.id) };
    const sends = chat.dataset.sends;
    let answer;
    try {
      answer = await post("/api/messenger/message", body);
      if (sends === "twice") await post("/api/messenger/message", body);
    } catch { answer = { success: false }; }
    if (answer.incidentId) return location.assign("/challenge?incident=" + encodeURIComponent(answer.incidentId));
    if (!answer.success) return say(answer.error || "Что-то пошло не так");
    if (sends !== "stored_not_shown") show(text, previews.map((one) => one.title));
    find("previews").replaceChildren();
    return done && done();
  };

  const upload = async (file) => {
    const form = new FormData();
    form.append("csrf", csrf);
    form.append("file", file);
    const answer = await (await fetch("/api/messenger/upload", { method: "POST", body: form })).json();
    if (answer.error) return say(answer.error);
    if (chat.dataset.upload === "silent") return undefined;
    const image = document.createElement("img");
    image.alt = "Предпросмотр изображения"; image.title = file.name; image.dataset.id = answer.id;
    image.width = 40; image.height = 40;
    return find("previews").append(image);
  };

  const bind = () => {
    find("help").addEventListener("click", () => {
      const popup = find("popup");
      if (!popup || document.querySelector('[role="dialog"][aria-label="Помощь и обучение"]')) return;
      document.body.append(popup.content.cloneNode(true));
      const ask = find("ask");
      ask.addEventListener("click", () => openTicket(ask));
    });
    document.querySelectorAll("[data-js-row]").forEach((row) => {
      row.addEventListener("click", () => leadTo(row.getAttribute("conversationid")));
    });
    if (!chat) return;
    if (chat.dataset.drift === "after_read") setTimeout(drift, 600);
    document.querySelectorAll("[data-js-quick]").forEach((quick) => {
      quick.addEventListener("click", () => send(quick.textContent, () => leadTo(idNow())));
    });
    find("files").addEventListener("change", (event) => [...event.target.files].forEach(upload));
    find("send").addEventListener("click", () => {
      const field = find("text-field");
      if (field.value) send(field.value, () => { field.value = ""; });
    });
  };
  setTimeout(bind, Number(document.documentElement.dataset.hydrationDelay));
})();
