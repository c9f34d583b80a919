// The cabinet's list as a page that is drawn from the JSON it loads for itself: no row carries an id.
document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-js-list]");
  if (!box) return;
  const rows = box.querySelector("tbody");
  const more = box.querySelector("[data-js-more]");
  let last = box.dataset.jsAfter || null;

  const cell = (text) => {
    const made = document.createElement("td");
    made.textContent = text;
    return made;
  };

  const draw = (row) => {
    const line = document.createElement("tr");
    const opens = cell("");
    opens.innerHTML = '<button type="button" data-js="drawer">Открыть отзыв</button>';
    const title = cell("");
    title.append(Object.assign(document.createElement("span"), { title: row.product.title, textContent: row.product.title }));
    line.append(title, cell(row.rating), cell(row.text.comment), cell(row.published_at.slice(0, 10)), cell("Новый"), opens);
    rows.append(line);
  };

  const load = async () => {
    more.hidden = true;
    const body = JSON.stringify({ company_type: "seller", filter: {}, pagination_last_uuid: last });
    const headers = { "Content-Type": "application/json", "x-o3-app-name": "seller-ui" };
    const answer = await (await fetch("/api/v4/review/list", { method: "POST", headers, body })).json();
    if (box.dataset.jsList === "only") {
      answer.result.forEach(draw);
      if (!rows.children.length) box.querySelector("[data-js-none]").hidden = false;
    }
    last = answer.pagination_last_uuid;
    more.hidden = !answer.hasNext || box.dataset.jsList !== "only";
  };

  more.addEventListener("click", load);
  load();
});
