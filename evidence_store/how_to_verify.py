"""The page "как проверить": for a reader who is neither a programmer nor willing to trust one."""

from __future__ import annotations

from html import escape

from evidence_store.bundle import BundleManifest
from evidence_store.digests import Digest
from evidence_store.markup import POLICY, shown
from evidence_store.seal import Signature

_PAGE = """<!DOCTYPE html>
<html lang="ru">
<head>
<meta charset="utf-8">
{policy}
<title>Как проверить</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; }}
code, td.digest {{ font-family: monospace; overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ border: 1px solid #999; padding: .3em .5em; text-align: left; }}
</style>
</head>
<body>
<h1>Как проверить этот пакет</h1>
<p>{title}. Дело {case_id}, собрано {created} (всемирное время). {variant}</p>

<h2>За одну минуту</h2>
<ol>
<li>Установите Python с сайта python.org (версия 3.8 или новее), если его нет.</li>
<li>Откройте командную строку в этой папке и наберите: <code>python3 verify.py</code>
(в Windows: <code>py verify.py</code>).</li>
<li>Последняя строка говорит итог. Программа ничего не меняет и не выходит в интернет; её текст можно прочесть
целиком.</li>
</ol>

<h2>Без программ отправителя</h2>
<ol>
<li>Посчитайте SHA-256 файла <code>data/bundle.json</code>: в Windows
<code>certutil -hashfile data\\bundle.json SHA256</code>,
в macOS и Linux <code>shasum -a 256 data/bundle.json</code>.
Должно получиться:<br><code>{digest}</code></li>
<li>Сравните это число с тем, что вам сообщили другим путём (письмом, на бумаге, у нотариуса). Оно должно совпасть
полностью.</li>
<li>В <code>data/bundle.json</code> перечислены все файлы и их SHA-256; любой можно посчитать так же.</li>
<li>Папка устроена по стандарту BagIt (RFC 8493), её проверяют и чужие программы:
<code>bagit.py --validate ПАПКА</code>.</li>
</ol>

<h2>Подпись и время</h2>
<p>{signature}</p>
<div>{time}</div>

<h2>Что здесь лежит</h2>
<table><tr><th>файл</th><th>что это</th><th>SHA-256</th></tr>
{rows}
</table>

<h2>Чего здесь нет</h2>
<ul>{missing}</ul>

<h2>Чего этот пакет не доказывает</h2>
<ul>{limits}</ul>
</body>
</html>
"""

_VARIANTS = {
    "full": "Полный пакет: содержит личные данные покупателя, передавайте его только тем, кому они нужны по закону.",
    "shareable": "Пакет для передачи: личные данные покупателя скрыты в копиях, подлинники хранятся у отправителя.",
}


def render_how_to_verify(manifest: BundleManifest, digest: Digest, signature: Signature | None) -> str:
    """Returns the page. Everything that comes from outside is escaped, and the page runs no script."""
    return _PAGE.format(
        policy=POLICY,
        title=shown(manifest.title),
        case_id=shown(manifest.case_id),
        created=f"{manifest.created:%d.%m.%Y %H:%M:%S}",
        variant=_VARIANTS[manifest.variant],
        digest=digest.hex,
        signature=_about_signature(signature),
        time=_about_time(manifest),
        rows="\n".join(_row(file.path, file.what, file.digest.hex, file.is_derived) for file in manifest.files),
        missing=_items(manifest.missing + tuple(_absent(manifest)), "Всё, что должно быть, на месте."),
        limits=_items(manifest.does_not_prove, ""),
    )


def _about_signature(signature: Signature | None) -> str:
    if signature is None:
        return "Пакет не подписан."
    return (
        "Пакет подписан ключом Ed25519. Подпись показывает, что опись не менялась после подписания; чей это ключ, "
        f"нужно узнать не из пакета. Открытый ключ: <code>{signature.public_key}</code>"
    )


def _about_time(manifest: BundleManifest) -> str:
    if not manifest.time_stamps:
        return "Независимой отметки времени нет: время в пакете известно только со слов того, кто его собрал."
    commands = "".join(
        f"<li><code>openssl ts -verify -digest {stamp.over.hex} -in {stamp.path} -CAfile корневой.pem</code></li>"
        for stamp in manifest.time_stamps
    )
    return (
        f"Независимое время (RFC 3161): {shown(manifest.third_party_time)}. Чтобы проверить подпись того, кто его дал, "
        f"возьмите его корневой сертификат с его сайта (не из пакета) и наберите:<ul>{commands}</ul>"
    )


def _row(path: str, what: str, digest: str, is_derived: bool) -> str:
    note = " (сделано из подлинника)" if is_derived else ""
    return f'<tr><td>{escape(path)}</td><td>{shown(what)}{note}</td><td class="digest">{digest}</td></tr>'


def _absent(manifest: BundleManifest) -> list[str]:
    words = {"personal_data": "не передаётся из-за личных данных", "purged": "удалено по сроку хранения"}
    return [f"{entry.kind.value} {entry.digest}: {words[entry.reason]}" for entry in manifest.withheld]


def _items(texts: tuple[str, ...], otherwise: str) -> str:
    return "".join(f"<li>{shown(text)}</li>" for text in texts) or f"<li>{otherwise}</li>"
