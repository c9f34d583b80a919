// A zip of which every byte belongs to a file that its directory names, so that every unpacker makes the same of it.

const [LOCAL, CENTRAL, END, DESCRIPTOR] = [0x04034b50, 0x02014b50, 0x06054b50, 0x08074b50];
const LOCATOR = 0x07064b50; // of a ZIP64 record
const LONGEST_COMMENT = 0xffff;
const [AFTER, UTF8] = [0x8, 0x800]; // flags: sum and sizes stand behind the content; the name is UTF-8
const KNOWN_FLAGS = AFTER | UTF8 | 0x6;
const NEWEST = 45; // version needed to unpack; a newer one, or one that does not exist, is skipped by some unpackers
const [FULL, FULL_LONG] = [0xffff, 0xffffffff]; // "the value stands in a ZIP64 record"

class Archive {
  constructor(blob, say) {
    this.blob = blob;
    this.say = say;
    this.start = 0; // of the directory
    this.shift = 0; // what stands before the archive moves everything
  }

  async readMembers() {
    const from = Math.max(0, this.blob.size - 22 - LONGEST_COMMENT);
    const tail = await viewOf(this.blob, from, this.blob.size);
    let place = tail.byteLength - 22;
    while (place >= 0 && tail.getUint32(place, true) !== END) place -= 1;
    if (place < 0) throw new Unreadable("not a zip");
    const [disk, firstDisk, here, count] = [4, 6, 8, 10].map((offset) => tail.getUint16(place + offset, true));
    const [length, offset] = [12, 16].map((each) => tail.getUint32(place + each, true));
    const comment = tail.getUint16(place + 20, true);
    const isLocated = place >= 20 && tail.getUint32(place - 20, true) === LOCATOR;
    const isLarge = count === FULL || [length, offset].includes(FULL_LONG) || isLocated;
    if (disk || firstDisk || here !== count || isLarge) {
      this.say("archive-form", "");
      throw new Unreadable("not of this form");
    }
    if (comment) this.say("archive-comment", "");
    if (from + place + 22 + comment !== this.blob.size) this.say("archive-behind", "");
    this.start = from + place - length;
    this.shift = this.start - offset;
    if (this.shift < 0) throw new Unreadable("the directory lies outside");
    const members = this.readDirectory(await viewOf(this.blob, this.start, this.start + length));
    if (members.length !== count) throw new Unreadable("not as many as told");
    return members;
  }

  async locate(members) {
    let place = 0;
    let isFirst = true;
    for (const member of [...members].sort((one, other) => one.offset - other.offset)) {
      const at = member.offset + this.shift;
      if (at !== place) this.say(isFirst ? "archive-before" : "archive-between", "");
      member.data = await this.checkLocal(member, at);
      place = member.data + member.packed;
      if (member.flags & AFTER) place = await this.checkDescriptor(member, place);
      isFirst = false;
    }
    if (place !== this.start) this.say("archive-between", "");
  }

  async unpack(member) {
    const packed = await viewOf(this.blob, member.data, member.data + member.packed);
    const bytes = member.method === 0 ? new Uint8Array(packed.buffer) : await inflate(packed.buffer, member.size);
    if (bytes.length !== member.size || crc32(bytes) !== member.sum) throw new Unreadable("not what was packed");
    return bytes;
  }

  readDirectory(view) {
    const members = [];
    for (let place = 0; place < view.byteLength; ) {
      if (view.getUint32(place, true) !== CENTRAL) throw new Unreadable("no member of a directory");
      const lengths = [28, 30, 32].map((offset) => view.getUint16(place + offset, true));
      const fields = place + 46 + lengths[0];
      const next = fields + lengths[1] + lengths[2];
      if (next > view.byteLength) throw new Unreadable("beyond the directory");
      const raw = new Uint8Array(view.buffer.slice(place + 46, fields));
      const flags = view.getUint16(place + 8, true);
      const member = {
        raw,
        needed: view.getUint16(place + 6, true),
        flags,
        name: flags & UTF8 ? decoder.decode(raw) : Array.from(raw, (byte) => String.fromCharCode(byte)).join(""),
        method: view.getUint16(place + 10, true),
        sum: view.getUint32(place + 16, true),
        packed: view.getUint32(place + 20, true),
        size: view.getUint32(place + 24, true),
        attributes: view.getUint32(place + 38, true),
        offset: view.getUint32(place + 42, true),
        data: 0,
      };
      if (lengths[2]) this.say("archive-comment", "");
      this.checkFields(member.name, new DataView(view.buffer, fields, lengths[1]));
      const disk = view.getUint16(place + 34, true);
      if (disk || [member.packed, member.size, member.offset].includes(FULL_LONG)) {
        this.say("archive-form", "");
        throw new Unreadable("not of this form");
      }
      members.push(member);
      place = next;
    }
    return members;
  }

  async checkLocal(member, at) {
    const head = await viewOf(this.blob, at, at + 30);
    if (head.getUint32(0, true) !== LOCAL) throw new Unreadable("no member");
    const [needed, flags, method] = [4, 6, 8].map((offset) => head.getUint16(offset, true));
    const told = [14, 18, 22].map((offset) => head.getUint32(offset, true));
    const [length, further] = [26, 28].map((offset) => head.getUint16(offset, true));
    const isSame = told.join() === [member.sum, member.packed, member.size].join();
    const raw = new Uint8Array((await viewOf(this.blob, at + 30, at + 30 + length)).buffer);
    const isNamedAlike = toHex(raw) === toHex(member.raw) && flags === member.flags && method === member.method;
    if (needed > NEWEST || !isNamedAlike || !(isSame || (flags & AFTER && told.join() === "0,0,0"))) this.say("archive-local", member.name);
    const data = at + 30 + length + further;
    this.checkFields(member.name, await viewOf(this.blob, data - further, data));
    return data;
  }

  async checkDescriptor(member, at) {
    if (member.method !== 8) {
      this.say("archive-form", "");
      throw new Unreadable("nobody could tell where it ends");
    }
    const view = await viewOf(this.blob, at, at + 16);
    const told = [0, 4, 8, 12].map((offset) => view.getUint32(offset, true)).join();
    if (told !== [DESCRIPTOR, member.sum, member.packed, member.size].join()) this.say("archive-local", member.name);
    return at + 16;
  }

  checkFields(name, view) {
    let place = 0;
    const seen = new Set();
    while (place + 4 <= view.byteLength) {
      const [kind, length] = [0, 2].map((offset) => view.getUint16(place + offset, true));
      if (seen.has(kind) || length > (PLAIN_FIELDS[kind] ?? -1)) break;
      seen.add(kind);
      place += 4 + length;
    }
    if (place !== view.byteLength) this.say("archive-field", name);
  }
}

function isCommon(member) {
  return (member.flags & ~KNOWN_FLAGS) === 0 && [0, 8].includes(member.method) && member.needed <= NEWEST;
}

async function viewOf(blob, from, to) {
  if (from < 0 || to > blob.size || from > to) throw new Unreadable("outside the archive");
  return new DataView(await blob.slice(from, to).arrayBuffer());
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
