// Signatures, and checkpoints from inside and outside the bundle: what ties its log to something else.

const SIGNATURE = "data/bundle-signature.json";
const CHECKPOINT = "data/log/checkpoint.json";
const OUTSIDE = "контрольная точка извне";
const CONTINUATION = "продолжение журнала";

async function readContinuation(report, log, bytes) {
  let headers;
  try {
    headers = readValue(bytes, SHAPES.continuation).headers;
  } catch (error) {
    report.add("continuation-broken", CONTINUATION, { why: error.message });
    return new Map();
  }
  const ends = new Map(Array.from(log.chains, ([name, chain]) => [name, [chain.last, chain.digest]]));
  const beyond = new Map();
  for (const header of headers) {
    const [last, digest] = ends.get(header.chain) ?? [0, ZERO];
    if (header.seq !== last + 1 || header.prev !== digest) {
      report.add("continuation-breaks", `${header.chain}#${header.seq}`);
      return new Map();
    }
    const real = await digestOf(canonical(header));
    ends.set(header.chain, [header.seq, real]);
    if (!beyond.has(header.chain)) beyond.set(header.chain, new Map());
    beyond.get(header.chain).set(header.seq, real);
  }
  return beyond;
}

class Anchors {
  constructor(report, log, about) {
    this.report = report;
    this.log = log;
    this.about = about;
    this.signer = "";
    this.inner = null;
  }

  async checkList(payload, signature) {
    let value = null;
    try {
      if (signature !== undefined) value = readValue(signature, SHAPES.signature);
    } catch {
      this.report.add("signature-broken", SIGNATURE);
      return;
    }
    await this.judge(SIGNATURE, "bundle", payload, value);
    this.signer = value ? value.public_key : "";
  }

  async checkInner(bytes, isOld) {
    if (bytes === undefined) {
      this.report.add("checkpoint-missing", CHECKPOINT);
      return;
    }
    const value = this.read(CHECKPOINT, bytes);
    if (value === null) return;
    this.inner = value.checkpoint;
    this.log.compare(CHECKPOINT, this.inner.heads, false);
    await this.judge(CHECKPOINT, "checkpoint", canonical(this.inner), value.signature);
    if (this.inner.installation !== this.about.installation) this.report.add("checkpoint-foreign", CHECKPOINT);
    const isOther = !["", value.signature.public_key].includes(this.signer);
    if (!isOld && !this.report.keys.length && isOther) this.report.add("signature-two", CHECKPOINT);
  }

  async checkOutside(bytes, continuation) {
    const beyond = continuation ? await readContinuation(this.report, this.log, continuation) : new Map();
    if (!bytes) {
      this.report.add("no-outside", LOG);
      if (beyond.size) this.report.add("continuation-alone", CONTINUATION);
      return;
    }
    const value = this.read(OUTSIDE, bytes);
    if (value === null) return;
    const point = value.checkpoint;
    await this.judge(OUTSIDE, "checkpoint", canonical(point), value.signature);
    if (point.installation !== this.about.installation) this.report.add("outside-foreign", OUTSIDE);
    else if (this.isLater(point)) this.checkLater(point, beyond);
    else {
      const before = this.report.findings.length;
      this.log.compare(OUTSIDE, point.heads, false);
      const isHeld = this.report.findings.slice(before).every(([level]) => level === "note");
      if (isHeld) this.report.add("outside-holds", OUTSIDE, { at: point.at });
    }
  }

  isLater(point) {
    if (this.inner === null) return byCodePoint(point.at, this.about.created) > 0;
    if (point.number === this.inner.number && canonicalText(point) !== canonicalText(this.inner)) {
      this.report.add("outside-fork", OUTSIDE, { number: point.number });
    }
    return point.number > this.inner.number;
  }

  checkLater(point, beyond) {
    const told = new Set(point.heads.map((head) => this.judgeLater(head, beyond)));
    const named = new Set(point.heads.map((head) => head.chain));
    for (const name of this.log.chains.keys()) {
      if (named.has(name)) continue;
      this.report.add("chain-vanished", name, { name: OUTSIDE });
      told.add("accused");
    }
    if (told.has("open")) this.report.add("outside-later", OUTSIDE);
    else if (!told.has("accused")) {
      this.report.add(told.has("continued") ? "outside-continued" : "outside-holds", OUTSIDE, { at: point.at });
    }
  }

  judgeLater(head, beyond) {
    const [chain, item] = [this.log.chains.get(head.chain), `${head.chain}#${head.seq}`];
    const known = chain?.digests.get(head.seq);
    const reached = beyond.get(head.chain)?.get(head.seq);
    if (head.seq === 0 || known === head.digest) return "held";
    if (known !== undefined || ![undefined, head.digest].includes(reached)) {
      this.report.add(known !== undefined ? "head-rewritten" : "continuation-differs", item, { name: OUTSIDE });
      return "accused";
    }
    if (reached !== undefined) return "continued";
    if (chain) return "open";
    this.report.add("outside-new-chain", item);
    return "held";
  }

  read(item, bytes) {
    let value;
    try {
      value = readValue(bytes, SHAPES.checkpoint);
    } catch (error) {
      this.report.add("checkpoint-broken", item, { why: error.message });
      return null;
    }
    if (value.checkpoint.format === "fairreview-checkpoint/1") return value;
    this.report.add("checkpoint-version", item);
    return null;
  }

  async judge(item, purpose, payload, signature) {
    if (signature === null) {
      this.report.add("signature-missing", item);
      return;
    }
    const key = signature.public_key;
    const message = joined(encoder.encode(`fairreview-seal/1\n${purpose}\n`), payload);
    const keys = this.report.keys;
    if (signature.purpose !== purpose || signature.algorithm !== "ed25519") this.report.add("signature-purpose", item);
    else if (!(await signatureFits(fromHex(key), message, fromHex(signature.value)))) {
      this.report.add("signature-wrong", item);
    } else if (keys.length && !keys.includes(key)) this.report.add("signature-stranger", item, { key });
    else this.report.add(keys.length ? "signature-yours" : "signature-own", item, { key });
  }
}
