"""Проверка пакета доказательств. Нужен только Python 3.8 или новее; ничего не меняет и никуда не подключается.

    python3 verify.py                     проверить папку, в которой лежит этот файл
    python3 verify.py ПАКЕТ               проверить другую папку или ZIP
      --key КЛЮЧ                          открытый ключ отправителя (64 знака), известный вам не из пакета
      --checkpoint ФАЙЛ                   контрольная точка, сохранённая отдельно от пакета
      --continuation ФАЙЛ                 продолжение журнала до этой точки, если она новее пакета

Код возврата: 0 - под вашим ключом всё сходится; 3 - изменений не найдено, но подтверждено не всё (например, ключ не
назван); 1 - есть повреждения; 2 - неверный вызов. С ключом всё, что подписью не покрыто, считается повреждением.

Файл verify.py из самого пакета мог подменить тот, кто подменил пакет: возьмите его из другого места.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from evidence_store.verifier.bundle import check_bundle
from evidence_store.verifier.reading import LARGEST_JSON, PATTERNS, Report
from evidence_store.verifier.rules import LABELS

MOST_SHOWN = 500  # findings of a level


def printable(text: str) -> str:
    """Returns text that cannot steer a terminal."""
    return "".join(mark if mark.isprintable() else f"\\x{ord(mark):02x}" for mark in text)


def shown(report: Report) -> list[str]:
    """Returns the lines that tell of the findings, of each level so many as a person can read."""
    counts = dict.fromkeys(LABELS, 0)
    lines = []
    for level, _, item, text in report.findings:
        counts[level] += 1
        if counts[level] <= MOST_SHOWN:
            lines.append(f"{LABELS[level]}: {printable(item)}: {printable(text)}")
    more = {level: count - MOST_SHOWN for level, count in counts.items() if count > MOST_SHOWN}
    return [*lines, *(f"{LABELS[level]}: и ещё {count}" for level, count in more.items())]


def main(arguments: list[str]) -> int:
    """Runs the check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--continuation", type=Path)
    options = parser.parse_args(arguments)
    if not options.bundle.is_dir() and not options.bundle.is_file():
        parser.error("нет такой папки или файла")
    keys = tuple(key.strip().lower() for key in options.key)
    if any(re.fullmatch(PATTERNS["key"], key) is None for key in keys):
        parser.error("ключ - это 64 знака 0-9 и a-f")
    given = []
    for path in (options.checkpoint, options.continuation):
        try:
            given.append(_read(path) if path else None)
        except OSError as error:
            parser.error(f"{path}: не читается: {error}")
    report = check_bundle(options.bundle.resolve(), keys=keys, outside=given[0], continuation=given[1])
    lines = [*shown(report), f"файлов: {report.files}", f"SHA-256 описи: {report.list_digest}"]
    if not keys:
        lines.append("ключ отправителя называет --key КЛЮЧ")
    lines.append(f"ИТОГ: {report.verdict}")
    sys.stdout.buffer.write(("\n".join(lines) + "\n").encode(sys.stdout.encoding or "utf-8", "replace"))
    sys.stdout.flush()
    return report.exit_code


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise OSError("это не файл")
    with path.open("rb") as stream:
        return stream.read(LARGEST_JSON + 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
