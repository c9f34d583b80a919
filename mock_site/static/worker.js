// The site's service worker: passes filings on, and sends them itself where a page asks it to.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.method === "POST") event.respondWith(fetch(event.request));
});
self.addEventListener("message", (event) => {
  const { url, body, type } = event.data;
  const headers = { "Content-Type": type, Accept: "application/json" };
  event.waitUntil(fetch(url, { method: "POST", headers, body }).then((response) => response.json())
    .then((answer) => event.ports[0].postMessage(answer)));
});
