// What the reader gave: a zip, or the files of a folder. Nothing is unpacked to disk.

const ARCHIVE = "архив";

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
    for (const file of files) {
      const path = file.webkitRelativePath.slice(root.length);
      this.addFolders(path);
      await this.take(path, new Uint8Array(await file.arrayBuffer()));
    }
  }

  async readZip(blob) {
    try {
      const members = await readDirectory(blob);
      const total = members.reduce((sum, member) => sum + member.size, 0);
      if (members.length > MOST_FILES || total > LARGEST_ALL) {
        this.report.add("too-big", ARCHIVE);
        return;
      }
      const root = rootOf(members.map((member) => member.name));
      for (const member of members) await this.readMember(blob, member, root);
    } catch {
      this.report.add("archive-broken", ARCHIVE);
    }
  }

  async readMember(blob, member, root) {
    const name = member.name;
    const item = name.startsWith(root) ? name.slice(root.length) : name;
    const bare = item.replace(/\/+$/, "");
    if (member.isOddlyNamed || isUnsafe(name)) this.report.add("archive-name", ARCHIVE);
    else if (this.digests.has(item) || this.folders.has(bare)) this.report.add("archive-twice", item);
    else if (name.endsWith("/")) bare && this.folders.add(bare);
    else if ((member.mode & 0o170000) === 0o120000) this.report.add("not-a-file", item);
    else if (member.size > BOMB && member.size > MOST_PACKED * member.packed) {
      this.unread.add(item);
      this.report.add("too-big", item);
    } else {
      this.addFolders(item);
      await this.take(item, await unpack(blob, member));
    }
  }
}

function rootOf(names) {
  const first = names.length ? names[0].split("/")[0] + "/" : "";
  const isBare = names.includes("data/bundle.json") || !names.every((name) => name.startsWith(first));
  return isBare ? "" : first;
}

function isUnsafe(name) {
  const parts = (name.endsWith("/") ? name.slice(0, -1) : name).split("/");
  return parts.some((part) => ["", ".", ".."].includes(part)) || /[\\:\x00-\x1f]/.test(name);
}

async function viewOf(blob, from, to) {
  if (from < 0 || to > blob.size || from > to) throw new Unreadable("outside the archive");
  return new DataView(await blob.slice(from, to).arrayBuffer());
}

async function readDirectory(blob) {
  const end = await findEnd(blob);
  const size = end.view.getUint32(12, true);
  const start = end.place - size; // what stands before the archive moves everything
  const shift = start - end.view.getUint32(16, true);
  if (shift < 0) throw new Unreadable("the directory lies outside");
  const view = await viewOf(blob, start, end.place);
  const members = [];
  for (let place = 0; place < size; ) {
    if (view.getUint32(place, true) !== 0x02014b50) throw new Unreadable("no member of a directory");
    const lengths = [28, 30, 32].map((offset) => view.getUint16(place + offset, true));
    const raw = new Uint8Array(view.buffer.slice(place + 46, place + 46 + lengths[0]));
    const flags = view.getUint16(place + 8, true);
    const isUtf8 = (flags & 0x800) !== 0;
    members.push({
      raw,
      flags,
      name: isUtf8 ? decoder.decode(raw) : Array.from(raw, (byte) => String.fromCharCode(byte)).join(""),
      isOddlyNamed: !isUtf8 && raw.some((byte) => byte > 127),
      method: view.getUint16(place + 10, true),
      sum: view.getUint32(place + 16, true),
      packed: view.getUint32(place + 20, true),
      size: view.getUint32(place + 24, true),
      mode: view.getUint32(place + 38, true) >>> 16,
      offset: view.getUint32(place + 42, true) + shift,
    });
    place += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  return members;
}

async function findEnd(blob) {
  const from = Math.max(0, blob.size - 65557);
  const tail = await viewOf(blob, from, blob.size);
  const isEnd = (place) => tail.getUint32(place, true) === 0x06054b50;
  let place = tail.byteLength - 22;
  const isPlain = place >= 0 && isEnd(place) && tail.getUint16(place + 20, true) === 0;
  while (!isPlain && place >= 0 && !isEnd(place)) place -= 1;
  if (place < 0) throw new Unreadable("not a zip");
  return { place: from + place, view: new DataView(tail.buffer, place) };
}

async function unpack(blob, member) {
  const head = await viewOf(blob, member.offset, member.offset + 30);
  const start = member.offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const name = await viewOf(blob, member.offset + 30, member.offset + 30 + head.getUint16(26, true));
  const isSame = head.getUint32(0, true) === 0x04034b50 && toHex(new Uint8Array(name.buffer)) === toHex(member.raw);
  if (!isSame || (member.flags & 0x61) !== 0 || ![0, 8].includes(member.method)) throw new Unreadable("not readable");
  const packed = await viewOf(blob, start, start + member.packed);
  const bytes = member.method === 0 ? new Uint8Array(packed.buffer) : await inflate(packed.buffer, member.size);
  if (bytes.length !== member.size || crc32(bytes) !== member.sum) throw new Unreadable("not what was packed");
  return bytes;
}

async function inflate(packed, size) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const pieces = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(...pieces);
    total += value.length;
    if (total > size) {
      await reader.cancel();
      throw new Unreadable("more than was told");
    }
    pieces.push(value);
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, number) => {
  let rest = number;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ CRC_TABLE[(sum ^ byte) & 255];
  return (sum ^ 0xffffffff) >>> 0;
}
