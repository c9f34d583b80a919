// A page that does by itself what nobody asked for: calls the chat read, and sends the words it was given.
(() => {
  const text = new URLSearchParams(location.search).get("prefillMessage") || "";
  document.querySelector("[data-js-prefill]").value = text;
  const csrf = document.querySelector('meta[name="csrf-token"]').content;
  const body = JSON.stringify({ csrf, chat_id: "buyer", text });
  for (const url of ["/api/messenger/read", "/api/messenger/message"])
    fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => {});
})();
