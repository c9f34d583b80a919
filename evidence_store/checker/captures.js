// Captures and log prove each other: each capture of this case that the log names is here, and the other way round.

class Captures {
  constructor(report, material, about, log) {
    this.report = report;
    this.material = material;
    this.about = about;
    this.log = log;
    this.subjects = new Set((about.subjects ?? []).map((one) => JSON.stringify([one.kind, one.id])));
    this.manifests = []; // path, digest, manifest
  }

  async check(isOld) {
    const withheld = new Map(this.about.withheld.map((entry) => [entry.digest, entry.reason]));
    await this.read(this.log.artifacts());
    const present = new Set(this.material.digests.values());
    const gone = isOld ? null : this.log.purged();
    for (const [path, , manifest] of this.manifests) {
      for (const artifact of manifest.artifacts) this.checkArtifact(path, artifact, present, withheld, gone);
    }
    if (isOld) return;
    this.checkBodies();
    this.checkEntries();
    this.checkChain();
    this.checkStrays(withheld);
  }

  async read(named) {
    for (const capture of this.about.captures) {
      const path = capture.path;
      const bytes = this.material.kept.get(path) ?? new Uint8Array();
      const digest = await digestOf(bytes);
      if (digest !== capture.digest) this.report.add("capture-digest", path);
      let manifest;
      try {
        manifest = readValue(bytes, SHAPES.versioned);
        if (manifest.format !== "fairreview-capture/1") {
          this.report.add("capture-version", path);
          continue;
        }
        readValue(bytes, SHAPES.capture);
      } catch (error) {
        this.report.add("capture-broken", path, { why: error.message });
        continue;
      }
      if (!named.has(digest)) this.report.add("capture-unknown", path);
      if (manifest.is_partial) this.report.add("capture-partial", path);
      this.manifests.push([path, digest, manifest]);
    }
  }

  checkArtifact(path, artifact, present, withheld, gone) {
    const { digest, kind } = artifact;
    const reason = withheld.get(digest);
    const isFull = gone !== null && reason !== "purged" && this.about.variant === "full";
    if (reason === undefined) {
      if (!present.has(digest)) this.report.add("artifact-missing", path, { digest, kind });
    } else if (!Object.hasOwn(ABSENT, reason) || isFull) this.report.add("absence-reason", digest, { kind, reason });
    else if (gone !== null && reason === "purged" && !gone.has(digest)) this.report.add("purge-unproven", digest, { kind });
    else this.report.add("artifact-absent", digest, { kind, reason: ABSENT[reason] });
  }

  checkBodies() {
    for (const [, name, body] of this.log.told) {
      const isOurs = body.account === this.about.account && (body.purges.length || this.isAbout(body));
      if (!isOurs) this.report.add("body-foreign", name);
    }
  }

  isAbout(body) {
    return body.subjects.some((one) => this.subjects.has(JSON.stringify([one.kind, one.id])));
  }

  checkEntries() {
    const here = new Map(this.manifests.map(([path, digest, manifest], place) => [digest, [place, path, manifest]]));
    const told = new Set();
    let last = -1;
    for (const [number, body] of this.log.captures()) {
      if (!this.isAbout(body) || !body.artifacts.length) continue;
      const [digest, ...files] = body.artifacts;
      told.add(digest);
      if (!here.has(digest)) {
        this.report.add("capture-lost", `запись ${number}`, { digest });
        continue;
      }
      const [place, path, manifest] = here.get(digest);
      const [logged, named] = [new Set(files), new Set(manifest.artifacts.map((artifact) => artifact.digest))];
      if (logged.size !== named.size || ![...logged].every((each) => named.has(each))) {
        this.report.add("capture-differs", path);
      }
      if (place < last) this.report.add("capture-order", path);
      const finished = manifest.times.finished;
      if (secondsOf(finished) > secondsOf(body.at) + CLOCKS_DIFFER) {
        this.report.add("capture-time", path, { finished, logged: body.at });
      }
      last = place;
    }
    for (const [path, digest] of this.manifests) {
      if (!told.has(digest) && this.log.artifacts().has(digest)) this.report.add("capture-unknown", path);
    }
  }

  checkChain() {
    const earlier = new Set();
    for (const [path, digest, manifest] of this.manifests) {
      const { review_id: review, case_id: whole } = manifest.subject;
      const named = [["review", review ?? null], ["case", whole ?? null]];
      if (named.some(([kind, id]) => id !== null && !this.subjects.has(JSON.stringify([kind, id])))) {
        this.report.add("capture-foreign", path);
      }
      if (manifest.previous !== null && !earlier.has(manifest.previous)) {
        this.report.add("capture-chain", path, { digest: manifest.previous });
      }
      earlier.add(digest);
    }
  }

  checkStrays(withheld) {
    const named = new Set(this.manifests.flatMap(([, , manifest]) => manifest.artifacts.map((each) => each.digest)));
    const copies = this.about.withheld.filter((entry) => named.has(entry.digest)).map((entry) => entry.replaced_by);
    const paths = new Set([...this.about.captures.map((capture) => capture.path), ...copies]);
    for (const [path, digest] of this.material.digests) {
      const isKnown = paths.has(path) || (named.has(digest) && !withheld.has(digest));
      if (path.startsWith("data/captures/") && !isKnown) this.report.add("capture-stray", path);
    }
  }
}
