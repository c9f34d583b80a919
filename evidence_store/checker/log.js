// The log extract: each line, each chain, and what it says about this case.

const LOG = "data/log/log.jsonl";

class Chain {
  constructor() {
    this.last = 0;
    this.digest = ZERO;
    this.digests = new Map();
    this.absent = [];
    this.purged = new Set();
  }
}

class Log {
  constructor(report) {
    this.report = report;
    this.chains = new Map();
    this.told = []; // number, name, body
  }

  async read(bytes) {
    let [from, number] = [0, 0];
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      number += 1;
      await this.take(number, bytes.subarray(from, end));
      from = end + 1;
    }
    if (from < bytes.length) this.report.add("log-torn", LOG);
    this.finish();
  }

  async take(number, line) {
    let value;
    try {
      value = readValue(line, SHAPES.line);
    } catch (error) {
      this.report.add("log-line", `${LOG}, строка ${number}`, { why: error.message });
      return;
    }
    const header = value.header;
    const [name, seq] = [`${header.chain}#${header.seq}`, header.seq];
    if (!this.chains.has(header.chain)) this.chains.set(header.chain, new Chain());
    const chain = this.chains.get(header.chain);
    if (header.format !== "fairreview-log/1") this.report.add("log-version", name);
    const real = await digestOf(canonical(header));
    if (real !== value.digest) this.report.add("header-changed", name);
    if (seq !== chain.last + 1) this.report.add("log-place", name, { last: chain.last });
    else if (header.prev !== chain.digest) this.report.add("log-link", name);
    await this.takeBody(chain, number, header, value.body);
    chain.last = seq;
    chain.digest = real;
    chain.digests.set(seq, real);
  }

  async takeBody(chain, number, header, body) {
    const name = `${header.chain}#${header.seq}`;
    if (body === null) chain.absent.push(header.seq);
    else if ((await digestOf(canonical(body))) !== header.body_digest) this.report.add("body-changed", name);
    else if (!isObject(body) || body.format !== "fairreview-log-body/1") this.report.add("body-version", name);
    else {
      const place = misfit(body, SHAPES.body);
      if (place !== null) {
        this.report.add("body-shape", name, { why: place });
        return;
      }
      for (const seq of body.purges) if (seq < header.seq) chain.purged.add(seq);
      this.told.push([number, name, body]);
    }
  }

  finish() {
    for (const [name, chain] of this.chains) {
      const purged = new Set(chain.absent.filter((seq) => chain.purged.has(seq))).size;
      const withheld = chain.absent.length - purged;
      this.report.add("log-count", name, { count: chain.digests.size, purged, withheld });
    }
  }

  compare(name, heads, isExact) {
    for (const head of heads) {
      const chain = this.chains.get(head.chain) ?? new Chain();
      const [seq, item] = [head.seq, `${head.chain}#${head.seq}`];
      if (seq > 0 && !chain.last) this.report.add("head-chain", item, { name });
      else if (seq > 0 && !chain.digests.has(seq)) this.report.add("head-cut", item, { name });
      else if (seq > 0 && chain.digests.get(seq) !== head.digest) this.report.add("head-rewritten", item, { name });
      else if (isExact && chain.last !== seq) this.report.add("head-beyond", item, { name });
    }
    const named = new Set(heads.map((head) => head.chain));
    for (const extra of this.chains.keys()) {
      if (!named.has(extra)) this.report.add(isExact ? "chain-unlisted" : "chain-unnamed", extra, { name });
    }
  }

  captures() {
    return this.told.filter(([, , body]) => body.action === "evidence.capture").map(([number, , body]) => [number, body]);
  }

  artifacts() {
    return new Set(this.told.flatMap(([, , body]) => body.artifacts));
  }

  purged() {
    const listed = this.told.filter(([, , body]) => body.action === "evidence.purge").map(([, , body]) => body.inputs.digests);
    return new Set(listed.flatMap((one) => (Array.isArray(one) ? one.filter((each) => typeof each === "string") : [])));
  }
}
