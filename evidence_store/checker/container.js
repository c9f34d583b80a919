// What the reader gave: a zip, or the files of a folder. Nothing is unpacked to disk.

const [ARCHIVE, FOLDER_GIVEN] = ["архив", "папка"];
const UNLIKE = new RegExp(`^(?:${UNLIKE_ELSEWHERE})$`, "is");

class Material {
  constructor(report) {
    this.report = report;
    this.digests = new Map();
    this.sizes = new Map();
    this.kept = new Map();
    this.unread = new Set();
    this.folders = new Set();
    this.total = 0;
  }

  async take(path, bytes) {
    this.total += bytes.length;
    const largest = KEPT.some((suffix) => path.endsWith(suffix)) ? LARGEST_READ : LARGEST_FILE;
    if (bytes.length > largest || this.total > LARGEST_ALL) {
      this.unread.add(path);
      this.report.add("too-big", path);
      return;
    }
    this.digests.set(path, await digestOf(bytes));
    this.sizes.set(path, bytes.length);
    if (KEPT.some((suffix) => path.endsWith(suffix))) this.kept.set(path, bytes);
  }

  addFolders(path) {
    for (let place = path.indexOf("/"); place >= 0; place = path.indexOf("/", place + 1)) {
      this.folders.add(path.slice(0, place));
    }
  }

  async readFiles(files) {
    const root = rootOf(files.map((file) => file.webkitRelativePath));
    for (const file of files) this.addFolders(file.webkitRelativePath.slice(root.length));
    if (files.length + this.folders.size > MOST_FILES) {
      this.report.add("too-big", FOLDER_GIVEN);
      return;
    }
    for (const file of files) {
      const path = file.webkitRelativePath.slice(root.length);
      await this.take(path, new Uint8Array(await file.arrayBuffer()));
    }
  }

  async readZip(blob) {
    const said = new Map();
    const archive = new Archive(blob, (code, name) => said.set(JSON.stringify([code, name || ARCHIVE]), true));
    try {
      await this.readMembers(archive);
    } catch (error) {
      if (error instanceof Enough) throw error;
      archive.say("archive-broken", "");
    }
    for (const key of said.keys()) this.report.add(...JSON.parse(key));
  }

  async readMembers(archive) {
    if (archive.blob.size > LARGEST_ALL) {
      this.report.add("too-big", ARCHIVE);
      return;
    }
    const members = await archive.readMembers();
    const total = members.reduce((sum, member) => sum + member.size, 0);
    if (members.length > MOST_FILES || total > LARGEST_ALL) {
      this.report.add("too-big", ARCHIVE);
      return;
    }
    const root = rootOf(members.map((member) => member.name));
    await archive.locate(members);
    const named = members.filter(isPlain);
    if (named.length < members.length) this.report.add("archive-name", ARCHIVE);
    for (const member of named) await this.readMember(archive, member, root);
  }

  async readMember(archive, member, root) {
    const name = member.name;
    const item = name.startsWith(root) ? name.slice(root.length) : name;
    const bare = item.replace(/\/+$/, "");
    if (this.digests.has(item) || this.unread.has(item) || this.folders.has(bare)) {
      this.report.add("archive-twice", item);
    } else if (isOdd(member)) this.report.add("not-a-file", item);
    else if (!isCommon(member)) {
      this.unread.add(item);
      this.report.add("archive-packing", item);
    } else if (name.endsWith("/")) bare && this.folders.add(bare);
    else if (member.size > BOMB && member.size > MOST_PACKED * member.packed) {
      this.unread.add(item);
      this.report.add("too-big", item);
    } else {
      this.addFolders(item);
      const bytes = await archive.unpack(member).catch(() => null);
      if (bytes !== null) await this.take(item, bytes);
      else {
        this.unread.add(item);
        this.report.add("archive-content", item);
      }
    }
  }
}

function rootOf(names) {
  const first = names.length ? names[0].split("/")[0] + "/" : "";
  const isBare = names.includes("data/bundle.json") || !names.every((name) => name.startsWith(first));
  return isBare ? "" : first;
}

function isPlain(member) {
  return !isUnsafe(member.name) && ((member.flags & UTF8) !== 0 || member.raw.every((byte) => byte < 128));
}

function isUnsafe(name) {
  const parts = (name.endsWith("/") ? name.slice(0, -1) : name).split("/");
  const isOddPart = (part) => ["", ".", ".."].includes(part) || encoder.encode(part).length > LONGEST_PART || UNLIKE.test(part);
  return parts.length > MOST_PARTS || parts.some(isOddPart) || /[\\:\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(name);
}

function isOdd(member) {
  const kind = (member.attributes >>> 16) & 0o170000;
  if (member.attributes & (0x8 | 0x40 | 0x400)) return true; // a disk's label, a device, a link of NTFS
  if (member.name.endsWith("/")) return ![0, 0o040000].includes(kind) || member.size > 0;
  return ![0, 0o100000].includes(kind) || (member.attributes & 0x10) !== 0;
}
