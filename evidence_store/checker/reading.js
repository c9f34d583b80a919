// Bytes in, values out: canonical JSON and nothing else, of a known shape and nothing else.

class Unreadable extends Error {}
class Enough extends Error {} // so much was found that the rest would tell the reader nothing more

const ZERO = "sha256:" + "0".repeat(64);
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const PATTERN = Object.fromEntries(Object.entries(PATTERNS).map(([name, text]) => [name, new RegExp(`^(?:${text})$`)]));

class Report {
  constructor(keys) {
    this.keys = keys;
    this.findings = []; // level, code, item, text
    this.serious = 0; // findings that are no notes
    this.files = 0;
    this.listDigest = "";
  }

  add(code, item, values = {}) {
    const [rule, text] = RULES[code];
    const level = rule === "gap" ? (this.keys.length ? "damage" : "cannot_judge") : rule;
    this.serious += level !== "note" ? 1 : 0;
    if (this.serious <= MOST_FINDINGS) {
      this.findings.push([level, code, item, text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]))]);
      return;
    }
    if (this.serious === MOST_FINDINGS + 1) {
      const [end, words] = RULES["too-many"];
      this.findings.push([end, "too-many", "пакет", words.replace("{count}", MOST_FINDINGS)]);
    }
    throw new Enough();
  }

  get exitCode() {
    const levels = new Set(this.findings.map(([level]) => level));
    return levels.has("damage") ? 1 : levels.has("cannot_judge") || !this.keys.length ? 3 : 0;
  }

  get verdict() {
    const damages = this.findings.filter(([level]) => level === "damage").length;
    const ends = { 0: WORDS.good, 1: WORDS.bad, 3: WORDS.open };
    const why = this.keys.length ? WORDS.unjudged : WORDS.noKey;
    return ends[this.exitCode].replace("{count}", damages).replace("{why}", why);
  }
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

async function hash(name, bytes) {
  return new Uint8Array(await crypto.subtle.digest(name, bytes));
}

async function digestOf(bytes) {
  return "sha256:" + toHex(await hash("SHA-256", bytes));
}

function byCodePoint(one, other) {
  const [first, second] = [Array.from(one), Array.from(other)];
  for (let place = 0; place < first.length && place < second.length; place += 1) {
    const difference = first[place].codePointAt(0) - second[place].codePointAt(0);
    if (difference) return difference;
  }
  return first.length - second.length;
}

function canonicalText(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const pairs = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`);
  return `{${pairs.join(",")}}`;
}

function canonical(value) {
  return encoder.encode(canonicalText(value));
}

function tidy(value, depth) {
  // Objects come back without a prototype, so that no name in a file can mean anything but itself.
  if (depth > DEEPEST) throw new Unreadable(NOT_JSON);
  if (typeof value === "string" && /\p{Surrogate}/u.test(value)) throw new Unreadable(NOT_JSON);
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Unreadable(NOT_JSON);
  if (Array.isArray(value)) return value.map((item) => tidy(item, depth + 1));
  if (value === null || typeof value !== "object") return value;
  const result = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    if (!/^[ -~]+$/.test(key)) throw new Unreadable(NOT_JSON);
    result[key] = tidy(item, depth + 1);
  }
  return result;
}

function readValue(bytes, shape) {
  if ((bytes?.length ?? 0) > LARGEST_JSON) throw new Unreadable(NOT_JSON);
  let value, text;
  try {
    text = decoder.decode(bytes ?? new Uint8Array());
    value = tidy(JSON.parse(text), 0);
  } catch {
    throw new Unreadable(NOT_JSON);
  }
  if (canonicalText(value) !== text) throw new Unreadable(NOT_JSON);
  const place = misfit(value, shape);
  if (place !== null) throw new Unreadable("не та структура" + place);
  return value;
}

function misfit(value, shape) {
  if (typeof shape === "string") return fits(value, shape) ? null : "";
  if (Array.isArray(shape)) return misfitOfList(value, shape[0]);
  return misfitOfObject(value, shape);
}

function fits(value, word) {
  if (word.endsWith("?")) return value === null || fits(value, word.slice(0, -1));
  if (word === "flag") return typeof value === "boolean";
  if (word === "count") return typeof value === "number" && value >= 0;
  return word === "any" || (typeof value === "string" && PATTERN[word].test(value));
}

function misfitOfList(value, shape) {
  if (!Array.isArray(value)) return "";
  for (const [number, item] of value.entries()) {
    const place = misfit(item, shape);
    if (place !== null) return `[${number}]${place}`;
  }
  return null;
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function misfitOfObject(value, shape) {
  if (!isObject(value)) return "";
  const known = new Set();
  for (const [key, inner] of Object.entries(shape)) {
    const name = key.replace(/\?$/, "");
    known.add(name);
    if (name === "*" || (key.endsWith("?") && !(name in value))) continue;
    const place = name in value ? misfit(value[name], inner) : "";
    if (place !== null) return `.${name}${place}`;
  }
  const strangers = Object.keys(value).filter((key) => !known.has(key)).sort();
  return strangers.length && !known.has("*") ? `.${strangers[0]}` : null;
}

function secondsOf(moment) {
  const part = (from, to) => Number(moment.slice(from, to));
  let [year, month] = [part(0, 4), part(5, 7)];
  if (month <= 2) [year, month] = [year - 1, month + 12];
  const whole = (one, other) => Math.floor(one / other);
  const leap = whole(year, 4) - whole(year, 100) + whole(year, 400);
  const days = 365 * year + leap + whole(153 * (month - 3) + 2, 5) + part(8, 10);
  return ((days * 24 + part(11, 13)) * 60 + part(14, 16)) * 60 + part(17, 19);
}
