"""The page "как проверить": for a reader who is neither a programmer nor willing to trust one."""

from __future__ import annotations

from html import escape

from evidence_store.bundle import BundleManifest
from evidence_store.markup import POLICY, shown

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

<h2>Без установки программ</h2>
<ol>
<li>Возьмите страницу проверки <code>proverka.html</code> не из пакета: у того, кому вы доверяете, или со страницы
выпусков программы. Кто подменил пакет, подменил бы и страницу внутри него.</li>
<li>Откройте её в браузере (интернет не нужен), перетащите на неё архив пакета и впишите открытый ключ отправителя,
который вам сообщили другим путём.</li>
<li>Ответов три: «всё сходится», «изменений не найдено, но подтверждено не всё» и «есть повреждения».</li>
</ol>

<h2>С программой на Python</h2>
<ol>
<li>Установите Python с сайта python.org (версия 3.8 или новее), если его нет.</li>
<li>Откройте командную строку в этой папке и наберите: <code>python3 verify.py --key КЛЮЧ</code>
(в Windows: <code>py verify.py --key КЛЮЧ</code>). КЛЮЧ - открытый ключ отправителя, известный вам не из пакета.</li>
<li>Последняя строка говорит итог. Программа ничего не меняет и не выходит в интернет; её текст можно прочесть
целиком. Без <code>--key</code> она скажет только, что изменений не найдено: подписать своим ключом может кто
угодно.</li>
</ol>

<h2>Без программ отправителя</h2>
<ol>
<li>Посчитайте SHA-256 файла <code>data/bundle.json</code>: в Windows
<code>certutil -hashfile data\\bundle.json SHA256</code>,
в macOS и Linux <code>shasum -a 256 data/bundle.json</code>.</li>
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


def render_how_to_verify(manifest: BundleManifest, public_key: str | None) -> str:
    """Returns the page. Everything that comes from outside is escaped, and the page runs no script.

    Args:
        manifest: The bundle's list, as far as it is known: the page is itself in the list that will be signed.
        public_key: Who signs it, None when nobody does.
    """
    return _PAGE.format(
        policy=POLICY,
        title=shown(manifest.title),
        case_id=shown(manifest.case_id),
        created=f"{manifest.created:%d.%m.%Y %H:%M:%S}",
        variant=_VARIANTS[manifest.variant],
        signature=_about_signature(public_key),
        time=_about_time(manifest),
        rows="\n".join(_row(file.path, file.what, file.digest.hex, file.is_derived) for file in manifest.files),
        missing=_items(manifest.missing + tuple(_absent(manifest)), "Всё, что должно быть, на месте."),
        limits=_items(manifest.does_not_prove, ""),
    )


def _about_signature(public_key: str | None) -> str:
    if public_key is None:
        return "Пакет не подписан."
    return (
        "Опись пакета и через неё каждый файл подписаны ключом Ed25519. Подпись показывает, что с тех пор ничего "
        "не менялось; чей это ключ, нужно узнать не из пакета: подменивший пакет подменит и эту страницу. Открытый "
        f"ключ, как его называет сам пакет: <code>{public_key}</code>"
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
