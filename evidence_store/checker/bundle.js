// One bundle and every check of it: the same rules as verify.py, in the same words.

const BUNDLE = "data/bundle.json";
const [PAYLOAD_LIST, TAG_LIST] = ["manifest-sha256.txt", "tagmanifest-sha256.txt"];
const ROOT_FILES = ["bag-info.txt", "bagit.txt", "kak-proverit.html", "verify.py"];
const TOKEN = /\x04\x20([\s\S]{32})\x02[\s\S]{2,24}?\x18[\s\S](\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)[.\d]*Z/;

class Bundle {
  constructor(material, report) {
    this.material = material;
    this.report = report;
    this.about = null;
    this.isOld = false;
  }

  async check(outside, continuation) {
    const kept = this.material.kept;
    const list = kept.get(BUNDLE) ?? new Uint8Array();
    this.report.files = this.material.digests.size;
    this.report.listDigest = await digestOf(list);
    if (!(await this.readList(list))) return;
    this.checkFiles();
    await this.checkBagLists();
    const log = new Log(this.report);
    await log.read(kept.get(LOG) ?? new Uint8Array());
    log.compare("опись пакета", this.about.heads, true);
    const anchors = new Anchors(this.report, log, this.about);
    await anchors.checkList(list, kept.get(SIGNATURE));
    await anchors.checkInner(kept.get(CHECKPOINT), this.isOld);
    await anchors.checkOutside(outside, continuation);
    await new Captures(this.report, this.material, this.about, log).check(this.isOld);
    await this.checkTimeStamps(anchors.inner);
    const { case_id: id, title, created } = this.about;
    this.report.add("bundle-about", BUNDLE, { case: id, title, created });
    for (const text of this.about.missing) this.report.add("missing", "чего нет", { text });
    for (const text of this.about.does_not_prove) this.report.add("limit", "чего пакет не доказывает", { text });
  }

  async readList(list) {
    try {
      const version = readValue(list, SHAPES.versioned).format;
      if (!["fairreview-bundle/1", "fairreview-bundle/2"].includes(version)) {
        this.report.add("list-version", BUNDLE);
        await new Anchors(this.report, new Log(this.report), null).checkList(list, this.material.kept.get(SIGNATURE));
        return false;
      }
      this.isOld = version === "fairreview-bundle/1";
      this.about = readValue(list, this.isOld ? SHAPES.old_bundle : SHAPES.bundle);
    } catch (error) {
      this.report.add("list-broken", BUNDLE, { why: error.message });
      return false;
    }
    if (this.isOld) this.report.add("list-old", BUNDLE);
    return true;
  }

  checkFiles() {
    const { digests, sizes, unread, folders } = this.material;
    const listed = new Map(this.about.files.map((entry) => [entry.path, entry]));
    if (listed.size !== this.about.files.length) this.report.add("listed-twice", BUNDLE);
    for (const path of [...listed.keys()].sort(byCodePoint)) {
      const entry = listed.get(path);
      if (digests.has(path)) {
        const isSame = digests.get(path) === entry.digest && sizes.get(path) === entry.size;
        if (!isSame) this.report.add("file-changed", path);
      } else if (!unread.has(path)) this.report.add("file-missing", path);
    }
    const free = new Set([BUNDLE, SIGNATURE, PAYLOAD_LIST, TAG_LIST, ...(this.isOld ? ROOT_FILES : [])]);
    const captures = this.about.captures.map((capture) => capture.path);
    const needed = new Set([LOG, ...captures, ...(this.isOld ? [] : ROOT_FILES)]);
    if (!this.isOld) this.checkFolders([...listed.keys(), LOG], folders);
    for (const path of [...needed].sort(byCodePoint)) if (!listed.has(path)) this.report.add("file-unlisted", path);
    for (const path of [...new Set([...digests.keys(), ...unread])].sort(byCodePoint)) {
      if (!listed.has(path) && !free.has(path)) this.report.add("file-extra", path);
    }
  }

  checkFolders(paths, folders) {
    const parents = new Set();
    for (const path of paths) {
      for (let place = path.indexOf("/"); place >= 0; place = path.indexOf("/", place + 1)) {
        parents.add(path.slice(0, place));
      }
    }
    for (const folder of [...folders].sort(byCodePoint)) {
      const above = folder.slice(0, Math.max(0, folder.lastIndexOf("/")));
      if (!parents.has(folder) && (above === "" || parents.has(above))) this.report.add("folder-extra", folder);
    }
  }

  async checkBagLists() {
    const { digests, kept, unread } = this.material;
    const payload = [...digests.keys()].filter((path) => path.startsWith("data/"));
    const tags = [...digests.keys()].filter((path) => !path.startsWith("data/") && path !== TAG_LIST);
    for (const [name, paths] of [[PAYLOAD_LIST, payload], [TAG_LIST, tags]]) {
      const bytes = kept.get(name) ?? new Uint8Array();
      if (this.isOld) {
        this.checkOldList(name, bytes);
        continue;
      }
      const lines = paths.sort(byCodePoint).map((path) => `${digests.get(path).slice(7)}  ${path}\n`);
      const isExact = (await digestOf(bytes)) === (await digestOf(encoder.encode(lines.join(""))));
      if (!isExact && !unread.size) this.report.add("bag-list", name);
    }
  }

  checkOldList(name, bytes) {
    const text = latin1(bytes);
    const rows = Array.from(text.matchAll(/([0-9a-f]{64})  ([^\n]+)\n/g));
    if (!rows.length || text !== rows.map(([row]) => row).join("")) this.report.add("bag-broken", name);
    for (const [, digest, encoded] of rows) {
      const path = new TextDecoder().decode(Uint8Array.from(encoded, (mark) => mark.charCodeAt(0)));
      if (this.material.unread.has(path) || this.material.digests.get(path) === "sha256:" + digest) continue;
      this.report.add("bag-differs", path, { list: name });
    }
  }

  async checkTimeStamps(inner) {
    const stamps = this.about.time_stamps ?? [];
    if (!stamps.length) this.report.add("stamp-none", "независимое время");
    const known = new Set(this.about.captures.map((capture) => capture.digest));
    if (inner !== null) known.add(await digestOf(canonical(inner)));
    for (const { path, over, at, authority } of stamps) {
      const found = TOKEN.exec(latin1(this.material.kept.get(path) ?? new Uint8Array()));
      const digest = found && "sha256:" + toHex(Uint8Array.from(found[1], (mark) => mark.charCodeAt(0)));
      const moment = found && `${found[2]}-${found[3]}-${found[4]}T${found[5]}:${found[6]}:${found[7]}`;
      if (!found || digest !== over || !known.has(over) || at.slice(0, 19) !== moment) {
        this.report.add("stamp-wrong", path);
        continue;
      }
      const how = `openssl ts -verify -digest ${over.slice(7)} -in ${path} -CAfile КОРНЕВОЙ.pem`;
      this.report.add("stamp-told", path, { at, authority, how });
    }
  }
}

function latin1(bytes) {
  let text = "";
  for (let place = 0; place < bytes.length; place += 8192) {
    text += String.fromCharCode(...bytes.subarray(place, place + 8192));
  }
  return text;
}

async function checkBundle(given, { keys = [], outside = null, continuation = null } = {}) {
  const report = new Report(keys);
  const material = new Material(report);
  try {
    if (given instanceof Blob) await material.readZip(given);
    else await material.readFiles(given);
    await new Bundle(material, report).check(outside, continuation);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return report;
}
