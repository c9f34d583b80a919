#!/usr/bin/env python3
"""Проверка пакета доказательств. Нужен только Python 3.8 или новее; ничего не меняет и никуда не подключается.

    python3 verify.py                     проверить папку, в которой лежит этот файл
    python3 verify.py ПАПКА               проверить другую папку
      --checkpoint ФАЙЛ                   контрольная точка, сохранённая отдельно от пакета
      --key КЛЮЧ                          открытый ключ (64 знака), известный не из пакета

Код возврата: 0 - изменений не найдено, 1 - есть повреждения, 2 - неверный вызов, 3 - о чём-то нельзя судить.
"""
# A copy of this file goes into every bundle. It stays independent of the program on purpose: only the standard
# library, nothing newer than Python 3.8, and its own reading of the formats. Change it together with the formats.

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

DAMAGE, CANNOT_JUDGE, NOTE = "damage", "cannot_judge", "note"
LABELS = {DAMAGE: "ПОВРЕЖДЕНО", CANNOT_JUDGE: "НЕЛЬЗЯ СУДИТЬ", NOTE: "примечание"}
ZERO = "sha256:" + "0" * 64
BUNDLE, SIGNATURE = "data/bundle.json", "data/bundle-signature.json"
LOG, CHECKPOINT = "data/log/log.jsonl", "data/log/checkpoint.json"
BAG_LISTS = ("manifest-sha256.txt", "tagmanifest-sha256.txt")
TAG_FILES = {"bagit.txt", "bag-info.txt", "verify.py", "kak-proverit.html", *BAG_LISTS}
# In an RFC 3161 token: a SHA-256 digest, the serial number, the moment.
TOKEN = re.compile(rb"\x04\x20(.{32})\x02.{2,24}?\x18.(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)[.\d]*Z", re.DOTALL)
HEADER_KEYS = {"format", "chain", "seq", "prev", "body_digest"}
ABSENT = {"purged": "удалено по сроку хранения", "personal_data": "не передаётся: личные данные"}
NOT_VISIBLE = (
    "без контрольной точки, сохранённой отдельно, нельзя увидеть, что до выдачи пакета журнал обрезали с конца, "
    "переписали заново или заменили старой копией"
)


class Unreadable(Exception):
    """Something is not in the form it must have."""


class Report:
    """Collects what was found; checks go on after a finding."""

    def __init__(self) -> None:
        self.findings: list[tuple[str, str, str]] = []

    def add(self, level: str, item: str, text: str) -> None:
        """Adds one finding."""
        self.findings.append((level, item, text))

    @property
    def exit_code(self) -> int:
        """The code this program ends with."""
        levels = {level for level, _, _ in self.findings}
        return 1 if DAMAGE in levels else 3 if CANNOT_JUDGE in levels else 0


def digest_of(data: bytes) -> str:
    """Returns the printed digest of bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """Returns the canonical bytes of a value read from JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def read_object(data: bytes | None, *keys: str) -> dict[str, Any]:
    """Reads a JSON object in canonical form that must have these keys."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise Unreadable("ключ повторяется")
        return dict(pairs)

    def refuse(text: str) -> None:
        raise Unreadable("недопустимое число: " + text[:40])

    try:
        text = (data or b"").decode("utf-8")
        value = json.loads(text, object_pairs_hook=unique, parse_float=refuse, parse_constant=refuse)
        is_canonical = canonical(value) == data
    except (ValueError, RecursionError) as error:
        raise Unreadable("не читается") from error
    if not is_canonical or not isinstance(value, dict) or any(key not in value for key in keys):
        raise Unreadable("не та структура или не канонический вид")
    return value


class Bundle:
    """One bundle on disk and the checks of it."""

    def __init__(self, root: Path, report: Report) -> None:
        self.root = root
        self.report = report
        self.files: dict[str, bytes] = {}
        self.unread: set[str] = set()
        self.about: dict[str, Any] = {}

    def check(self, outside: bytes | None, keys: list[str]) -> None:
        """Makes every check that can be made."""
        self.look_around()
        try:
            self.about = read_object(self.files.get(BUNDLE), "format", "files", "captures", "withheld", "heads")
        except Unreadable as error:
            self.report.add(DAMAGE, BUNDLE, f"описи нет, или она изменена: {error}")
            return
        if self.about["format"] != "fairreview-bundle/1":
            self.report.add(CANNOT_JUDGE, BUNDLE, "версия описи не известна этой программе")
            return
        self.check_files()
        self.check_bag_lists()
        log = self.check_log(outside)
        self.check_captures(log.artifacts)
        self.check_signatures(keys)
        self.check_time_stamps()
        for label in ("missing", "does_not_prove"):
            for text in self.about.get(label, ()):
                self.report.add(NOTE, {"missing": "чего нет"}.get(label, "чего пакет не доказывает"), text)

    def look_around(self) -> None:
        """Reads every file; a link, or anything that is no file, is named and not opened."""
        for folder, folders, names in os.walk(str(self.root)):
            paths = [Path(folder) / name for name in folders + names]
            for path in sorted(each for each in paths if each.is_symlink() or not each.is_dir()):
                item = path.relative_to(self.root).as_posix()
                if path.is_symlink() or not path.is_file():
                    self.report.add(DAMAGE, item, "ссылка или не файл; не открывалось")
                    continue
                try:
                    self.files[item] = path.read_bytes()
                except OSError as error:
                    self.unread.add(item)
                    self.report.add(CANNOT_JUDGE, item, f"не читается: {error}")

    def check_files(self) -> None:
        """Compares count, size and digest of every file with the list."""
        listed = {entry["path"]: entry for entry in self.about["files"]}
        if len(listed) != len(self.about["files"]):
            self.report.add(DAMAGE, BUNDLE, "файл назван в описи дважды")
        for path, entry in sorted(listed.items()):
            data = self.files.get(path)
            if data is None:
                if path not in self.unread:
                    self.report.add(DAMAGE, path, "файла нет")
            elif digest_of(data) != entry["digest"] or len(data) != entry["size"]:
                self.report.add(DAMAGE, path, "содержимое изменено")
        for path in sorted(set(self.files) - set(listed) - TAG_FILES - {BUNDLE, SIGNATURE}):
            self.report.add(DAMAGE, path, "лишний файл: в описи его нет")

    def check_bag_lists(self) -> None:
        """Checks the bag's own lists, which cover the files beside data/ too."""
        for name in BAG_LISTS:
            lines = self.files.get(name, b"").decode("utf-8", "replace").splitlines()
            rows = [match for match in (re.match(r"([0-9a-f]{64})  (.+)$", line) for line in lines) if match]
            if not rows or len(rows) != len(lines):
                self.report.add(DAMAGE, name, "списка файлов нет, или он изменён")
            for row in rows:
                if row[2] not in self.unread and digest_of(self.files.get(row[2], b"")) != "sha256:" + row[1]:
                    self.report.add(DAMAGE, row[2], f"не совпадает со списком {name}")

    def check_log(self, outside: bytes | None) -> Log:
        """Checks the log extract against the list and against every checkpoint there is."""
        log = Log(self.report)
        *lines, tail = self.files.get(LOG, b"").split(b"\n")
        for number, line in enumerate(lines, 1):
            log.take(number, line)
        if tail:
            self.report.add(DAMAGE, LOG, "последняя строка оборвана")
        log.finish()
        log.compare("опись пакета", self.about["heads"], is_exact=True)
        checkpoints = [("контрольная точка извне", outside), (CHECKPOINT, self.files.get(CHECKPOINT))]
        for name, data in checkpoints:
            if data is None:
                continue
            try:
                log.compare(name, read_object(data, "checkpoint")["checkpoint"]["heads"], is_exact=False)
            except (Unreadable, KeyError, TypeError):
                self.report.add(DAMAGE, name, "контрольная точка не читается")
        if outside is None:
            self.report.add(NOTE, LOG, NOT_VISIBLE)
        return log

    def check_captures(self, named: set[str]) -> None:
        """Checks that every capture is whole and that the log knows it."""
        present = {digest_of(data) for data in self.files.values()}
        withheld = {entry["digest"]: entry["reason"] for entry in self.about["withheld"]}
        for capture in self.about["captures"]:
            path = capture["path"]
            data = self.files.get(path, b"")
            try:
                manifest = read_object(data, "artifacts", "format", "is_partial")
            except Unreadable as error:
                self.report.add(DAMAGE, path, f"описание записи: {error}")
                continue
            if manifest["format"] != "fairreview-capture/1":
                self.report.add(CANNOT_JUDGE, path, "версия описания не известна этой программе")
                continue
            if digest_of(data) not in named:
                self.report.add(DAMAGE, path, "журнал не знает этой записи")
            if manifest["is_partial"]:
                self.report.add(NOTE, path, "запись неполная и сама говорит об этом")
            for artifact in manifest["artifacts"]:
                self.check_artifact(path, artifact, present, withheld)

    def check_artifact(self, path: str, artifact: dict[str, Any], present: set[str], withheld: dict[str, str]) -> None:
        """Checks that an artifact of a capture is here or declared absent."""
        digest, kind = artifact["digest"], artifact["kind"]
        if digest in withheld:
            self.report.add(NOTE, digest, f"{kind}: {ABSENT[withheld[digest]]}")
        elif digest not in present:
            self.report.add(DAMAGE, path, f"нет файла {digest} ({kind})")

    def check_signatures(self, keys: list[str]) -> None:
        """Checks the signatures; says so where one is absent or cannot be checked here."""
        signed = [(SIGNATURE, "bundle", self.files.get(BUNDLE, b""), self.files.get(SIGNATURE))]
        if CHECKPOINT in self.files:
            try:
                value = read_object(self.files[CHECKPOINT], "checkpoint", "signature")
            except Unreadable:
                value = {}  # already named by check_log
            if value:
                signed.append((CHECKPOINT, "checkpoint", canonical(value["checkpoint"]), canonical(value["signature"])))
        for item, purpose, payload, signature in signed:
            level, text = judge_signature(purpose, payload, signature, keys)
            self.report.add(level, item, text)

    def check_time_stamps(self) -> None:
        """Checks that each stamp is over what the list says and that this is here; says where there is none."""
        stamps = self.about.get("time_stamps", ())
        if not stamps:
            self.report.add(NOTE, "независимое время", "отметки времени третьей стороны нет")
        known = {capture["digest"] for capture in self.about["captures"]}
        with suppress(Unreadable):  # none here, or already named by check_log
            known.add(digest_of(canonical(read_object(self.files.get(CHECKPOINT), "checkpoint")["checkpoint"])))
        for stamp in stamps:
            path, over = stamp["path"], stamp["over"]
            found = TOKEN.search(self.files.get(path, b""))
            moment = found and "{}-{}-{}T{}:{}:{}".format(*(part.decode() for part in found.groups()[1:]))
            if not found or "sha256:" + found[1].hex() != over or over not in known or stamp["at"][:19] != moment:
                self.report.add(DAMAGE, path, "отметка времени не об этом пакете или названо другое время")
                continue
            how = f"openssl ts -verify -digest {over[7:]} -in {path} -CAfile КОРНЕВОЙ.pem"
            text = f"{stamp['at']}, {stamp['authority']}: содержимое совпадает; подпись ведомства проверяет {how}"
            self.report.add(NOTE, path, text)


class Chain:
    """What was read of one chain."""

    def __init__(self) -> None:
        self.last = 0
        self.digest = ZERO
        self.digests: dict[int, str] = {}
        self.absent: list[int] = []
        self.purged: set[int] = set()


class Log:
    """Reads the log line by line and checks each chain."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.chains: dict[str, Chain] = {}
        self.artifacts: set[str] = set()

    def take(self, number: int, line: bytes) -> None:
        """Checks one line."""
        try:
            value = read_object(line, "header", "digest", "body")
            header = value["header"]
            name, seq = f"{header['chain']}#{header['seq']}", int(header["seq"])
            chain = self.chains.setdefault(str(header["chain"]), Chain())
        except (Unreadable, KeyError, TypeError, ValueError) as error:
            self.report.add(DAMAGE, f"{LOG}, строка {number}", f"не запись журнала: {error}")
            return
        if header.get("format") != "fairreview-log/1":
            self.report.add(CANNOT_JUDGE, name, "версия записи не известна этой программе")
        real = digest_of(canonical(header))
        if real != value["digest"] or set(header) != HEADER_KEYS:
            self.report.add(DAMAGE, name, "заголовок записи изменён")
        if seq != chain.last + 1:
            self.report.add(
                DAMAGE, name, f"стоит после записи {chain.last}: что-то удалено, вставлено или переставлено"
            )
        elif header.get("prev") != chain.digest:
            self.report.add(DAMAGE, name, "не продолжает предыдущую запись: одна из двух изменена")
        self.take_body(chain, name, header, value["body"])
        chain.last, chain.digest = seq, real
        chain.digests[seq] = real

    def take_body(self, chain: Chain, name: str, header: dict[str, Any], body: Any) -> None:
        """Checks the body of one entry."""
        if body is None:
            chain.absent.append(header["seq"])
        elif digest_of(canonical(body)) != header.get("body_digest"):
            self.report.add(DAMAGE, name, "содержание записи изменено")
        elif not isinstance(body, dict) or body.get("format") != "fairreview-log-body/1":
            self.report.add(CANNOT_JUDGE, name, "версия содержания не известна этой программе")
        else:
            try:
                chain.purged.update(seq for seq in body.get("purges", ()) if seq < header["seq"])
                self.artifacts.update(body.get("artifacts", ()))
            except TypeError:
                self.report.add(DAMAGE, name, "содержание записи не той структуры")

    def finish(self) -> None:
        """Says how many entries there are and how many have no body here."""
        for name, chain in sorted(self.chains.items()):
            purged = len(chain.purged.intersection(chain.absent))
            text = f"записей {len(chain.digests)}; содержание удалено по сроку: {purged}"
            self.report.add(NOTE, name, f"{text}, не для этой выписки: {len(chain.absent) - purged}")

    def compare(self, name: str, heads: list[dict[str, Any]], *, is_exact: bool) -> None:
        """Compares the heads of the list (exactly) or of a checkpoint (must be contained) with the log."""
        for head in heads:
            chain, seq = self.chains.get(head["chain"], Chain()), head["seq"]
            item = f"{head['chain']}#{seq}"
            if seq > 0 and not chain.last:
                self.report.add(DAMAGE, item, f"{name}: этой цепочки в выписке нет")
            elif seq > 0 and seq not in chain.digests:
                self.report.add(DAMAGE, item, f"{name}: этой записи нет, журнал обрезан")
            elif seq > 0 and chain.digests[seq] != head["digest"]:
                self.report.add(DAMAGE, item, f"{name}: на этом месте стояла другая запись, журнал переписан")
            elif is_exact and chain.last != seq:
                self.report.add(DAMAGE, item, f"{name}: за последней записью стоят лишние")
        for extra in sorted(set(self.chains) - {head["chain"] for head in heads}):
            self.report.add(DAMAGE if is_exact else NOTE, extra, f"{name}: эта цепочка не названа")


def judge_signature(purpose: str, payload: bytes, signature: bytes | None, keys: list[str]) -> tuple[str, str]:
    """Checks one Ed25519 signature; returns level and text."""
    if signature is None:
        return NOTE, "подписи нет"
    try:
        value = read_object(signature, "public_key", "value", "purpose")
        key, raw = bytes.fromhex(value["public_key"]), bytes.fromhex(value["value"])
    except (Unreadable, ValueError, TypeError):
        return DAMAGE, "подпись не читается"
    if value["purpose"] != purpose:
        return DAMAGE, "подпись сделана для другого"
    if keys and value["public_key"] not in keys:
        return DAMAGE, f"подписано не тем ключом, который вы назвали: {value['public_key']}"
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an optional extra
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    except ImportError:
        return NOTE, "подпись не проверена, для неё нужна библиотека (pip install cryptography); остальное проверено"
    try:
        message = b"fairreview-seal/1\n" + purpose.encode() + b"\n" + payload
        Ed25519PublicKey.from_public_bytes(key).verify(raw, message)
    except (InvalidSignature, ValueError):
        return DAMAGE, "подпись не подходит к содержимому"
    known = "это названный вами ключ" if keys else f"чей это ключ, пакет доказать не может: {value['public_key']}"
    return NOTE, f"подпись верна; {known}"


def printable(text: str) -> str:
    """Returns text that cannot steer a terminal."""
    return "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in text)


def main(arguments: list[str]) -> int:
    """Runs the check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--key", action="append", default=[])
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        parser.error("нет такой папки")
    try:
        outside = options.checkpoint.read_bytes() if options.checkpoint else None
    except OSError as error:
        parser.error(f"контрольная точка не читается: {error}")
    report = Report()
    bundle = Bundle(options.folder.resolve(), report)
    try:
        bundle.check(outside, options.key)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        report.add(DAMAGE, BUNDLE, f"структура описи нарушена: {error!r}")
    lines = [f"{LABELS[level]}: {printable(item)}: {printable(text)}" for level, item, text in report.findings]
    lines += [f"файлов: {len(bundle.files)}", f"SHA-256 описи: {digest_of(bundle.files.get(BUNDLE, b''))}"]
    verdicts = {0: "изменений не найдено", 1: "ЕСТЬ ПОВРЕЖДЕНИЯ", 3: "не обо всём можно судить"}
    lines.append(f"ИТОГ: {verdicts[report.exit_code]}")
    sys.stdout.buffer.write(("\n".join(lines) + "\n").encode(sys.stdout.encoding or "utf-8", "replace"))
    sys.stdout.flush()
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
