// The page: takes what the reader drops, and says in three ways what came of it.

const LEVELS = [
  ["damage", "Повреждения", "Это не то, что было подписано, или то, чего не должно быть."],
  ["cannot_judge", "О чём нельзя судить", "Здесь ничего не найдено, но и не доказано."],
  ["note", "Примечания", "Так и должно быть; это нужно знать."],
];
const ENDS = {
  0: ["good", "Можно опираться на содержимое пакета в тех пределах, что названы в примечаниях."],
  1: ["bad", "Не опирайтесь на этот пакет. Попросите отправителя о новом и сохраните этот как есть."],
  3: ["open", "Узнайте открытый ключ отправителя не из пакета (договор, письмо, телефон) и впишите его выше."],
};
const byId = (id) => document.getElementById(id);
const given = { bundle: null, outside: null, continuation: null };

function shown(text) {
  // Controls and marks of direction must not steer how the rest is read.
  const steering = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
  return text.replace(steering, (mark) => `‹U+${mark.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}›`);
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = shown(text);
  made.className = className;
  return made;
}

function showReport(report) {
  const [className, advice] = ENDS[report.exitCode];
  const verdict = byId("verdict");
  verdict.className = className;
  verdict.replaceChildren(element("strong", report.verdict));
  if (report.exitCode !== 3 || !report.keys.length) verdict.append(element("p", advice));
  byId("counted").textContent = `Файлов: ${report.files}. SHA-256 описи: ${report.listDigest}`;
  const lists = LEVELS.map(([level, title, meaning]) => {
    const findings = report.findings.filter(([each]) => each === level);
    const section = document.createElement("section");
    if (!findings.length) return section;
    section.append(element("h2", `${title}: ${findings.length}`), element("p", meaning));
    const list = document.createElement("ul");
    for (const [, code, item, text] of findings.slice(0, MOST_SHOWN)) {
      const line = document.createElement("li");
      line.append(element("code", item), element("span", ` — ${text} `), element("small", code));
      list.append(line);
    }
    if (findings.length > MOST_SHOWN) list.append(element("li", `и ещё ${findings.length - MOST_SHOWN}`));
    section.append(list);
    return section;
  });
  byId("findings").replaceChildren(...lists);
}

async function bytesOf(file) {
  if (file === null) return null;
  if (file.size > LARGEST_JSON) throw new Error(`${file.name}: слишком велик`);
  return new Uint8Array(await file.arrayBuffer());
}

async function run() {
  const status = byId("status");
  const key = byId("key").value.trim().toLowerCase();
  byId("findings").replaceChildren();
  byId("verdict").replaceChildren();
  byId("counted").textContent = "";
  if (given.bundle === null) {
    status.textContent = "Сначала выберите архив пакета.";
  } else if (key && !PATTERN.key.test(key)) {
    status.textContent = "Ключ - это 64 знака: цифры и буквы от a до f. Проверка не сделана.";
  } else {
    status.textContent = "Проверяется…";
    try {
      const [outside, continuation] = [await bytesOf(given.outside), await bytesOf(given.continuation)];
      const report = await checkBundle(given.bundle, { keys: key ? [key] : [], outside, continuation });
      showReport(report);
      globalThis.lastReport = report;
      status.textContent = "Проверено.";
    } catch (error) {
      status.textContent = `Проверка не закончена: ${error.message}`;
    }
  }
  document.body.dataset.runs = String(Number(document.body.dataset.runs ?? 0) + 1);
}

function choose(bundle, name) {
  given.bundle = bundle;
  byId("chosen").textContent = `Выбрано: ${name}`;
}

function start() {
  const isAble = globalThis.crypto?.subtle && globalThis.DecompressionStream;
  if (!isAble) {
    byId("status").textContent = "Этот браузер слишком стар для проверки. Возьмите новый Chrome, Edge, Firefox или Safari.";
    return;
  }
  byId("zip").addEventListener("change", ({ target }) => target.files.length && choose(target.files[0], target.files[0].name));
  byId("folder").addEventListener("change", ({ target }) => choose([...target.files], `папка, файлов ${target.files.length}`));
  for (const name of ["outside", "continuation"]) {
    byId(name).addEventListener("change", ({ target }) => (given[name] = target.files[0] ?? null));
  }
  byId("check").addEventListener("click", run);
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (!file) return;
    choose(file, file.name);
    run();
  });
  byId("check").disabled = false;
}

start();
