// Forms that file something, sent in whatever way the page says: as a navigation, by fetch or XMLHttpRequest, from a
// frame, from within a shadow root, or through a service worker. And the uploads that go with them.
const Filing = (() => {
  const quirks = () => new Set(document.documentElement.dataset.quirks.split(" "));
  const part = (form, name) => form.querySelector(`template[data-js-${name}]`);
  const alertIn = (form, text) => {
    const alert = form.querySelector("[data-js-alert]");
    alert.textContent = text;
    alert.hidden = !text;
  };

  const byFetch = async (url, body, type) => {
    const headers = { "Content-Type": type, Accept: "application/json" };
    return (await fetch(url, { method: "POST", headers, body })).json();
  };

  const byXhr = (url, body, type) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Content-Type", type);
    request.setRequestHeader("Accept", "application/json");
    request.onload = () => {
      try { resolve(JSON.parse(request.responseText)); } catch (error) { reject(error); }
    };
    request.onerror = reject;
    request.send(body);
  });

  // Nothing but the worker sends here: where workers are blocked, "ready" never comes.
  const byWorker = async (url, body, type) => {
    const registration = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve) => { port1.onmessage = (event) => resolve(event.data); });
    registration.active.postMessage({ url, body, type }, [port2]);
    return answer;
  };

  const WAYS = { xhr: byXhr, worker_only: byWorker };

  const bodyOf = (form) => {
    const fields = new FormData(form);
    if (form.dataset.body === "json") return [JSON.stringify(Object.fromEntries(fields)), "application/json"];
    return [new URLSearchParams(fields).toString(), "application/x-www-form-urlencoded"];
  };

  const finish = (form, answer, onDone) => {
    if (answer.incidentId) return top.location.assign("/challenge?incident=" + encodeURIComponent(answer.incidentId));
    if (!answer.success) return alertIn(form, answer.error || part(form, "failed").content.textContent);
    const shown = part(form, "success").content.cloneNode(true);
    const number = shown.querySelector("[data-js-number]");
    if (number) number.textContent = number.dataset.jsNumber + answer.number;
    form.replaceWith(shown);
    if (onDone) onDone(form);
    if (quirks().has("download")) receipt();
    if (quirks().has("alert")) alert("Спасибо!");
  };

  const receipt = () => {
    const link = document.createElement("a");
    link.href = "data:text/plain,receipt";
    link.download = "receipt.txt";
    link.click();
  };

  const send = async (form, onDone) => {
    const button = form.querySelector('button[type="submit"]');
    const [body, type] = bodyOf(form);
    button.disabled = true;
    let answer;
    try {
      answer = await (WAYS[form.dataset.kind] || byFetch)(form.getAttribute("action"), body, type);
    } catch {
      answer = { success: false };
    }
    button.disabled = false;
    finish(form, answer, onDone);
  };

  const isMissing = (form) => {
    const missing = part(form, "missing");
    if (!missing || new FormData(form).get("reasonId")) return false;
    alertIn(form, missing.content.textContent);
    return true;
  };

  const onSubmit = (event, onDone) => {
    const form = event.target;
    if (form.dataset.js !== "filing") return;
    const isRefused = isMissing(form) || (quirks().has("confirm") && !confirm("Отправить?"));
    if (isRefused || form.dataset.kind !== "navigation") event.preventDefault();
    if (isRefused) return;
    if (quirks().has("double")) send(form, onDone);
    if (form.dataset.kind !== "navigation") send(form, onDone);
  };

  const uploadOne = async (input, file) => {
    const body = new FormData();
    body.append("csrf", input.closest("form").querySelector('input[name="csrf"]').value);
    body.append("file", file);
    try {
      return await (await fetch(input.dataset.url, { method: "POST", body })).json();
    } catch {
      return { error: "Файл не загружен" };
    }
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
      const answer = await uploadOne(input, file);
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

  // "submit" and "change" do not cross the edge of a shadow root, so each root is listened to by itself.
  const listen = (root, onDone) => {
    root.addEventListener("submit", (event) => onSubmit(event, onDone));
    root.addEventListener("change", (event) => {
      if (event.target.dataset.js === "upload") upload(event.target);
    });
  };

  const hideInShadow = (under, onDone) => under.querySelectorAll('[data-js-box="shadow"]').forEach((box) => {
    const inside = [...box.childNodes];
    const root = box.attachShadow({ mode: "open" });
    document.querySelectorAll('link[rel="stylesheet"]').forEach((link) => root.append(link.cloneNode()));
    root.append(...inside);
    listen(root, onDone);
  });

  const framed = (title, src) => {
    const shade = document.getElementById("framed-dialog").content.firstElementChild.cloneNode(true);
    const frame = shade.querySelector("iframe");
    frame.title = title;
    frame.src = src;
    document.body.append(shade);
  };

  return { listen, hideInShadow, framed, quirks };
})();
