"""Every finding there is: its level, and its words for the reader. The checker in HTML takes this very table."""

from __future__ import annotations

DAMAGE, GAP, CANNOT_JUDGE, NOTE = "damage", "gap", "cannot_judge", "note"
# A gap is something that nothing covers: damage to a reader who brought a key, else one more thing not known.
LABELS = {DAMAGE: "ПОВРЕЖДЕНО", CANNOT_JUDGE: "НЕЛЬЗЯ СУДИТЬ", NOTE: "примечание"}
ABSENT = {"purged": "удалено по сроку хранения", "personal_data": "не передаётся: личные данные"}

_OLD = (
    "пакет прежней версии: файлы рядом с папкой data/ (kak-proverit.html, verify.py, bag-info.txt, списки) не "
    "подписаны, и снимки не сверяются с журналом; не судите о пакете по этим файлам"
)

_NO_OUTSIDE = (
    "без контрольной точки, сохранённой отдельно, нельзя увидеть, что до выдачи пакета журнал обрезали с конца, "
    "переписали заново или заменили старой копией"
)

_LATER = (
    "контрольная точка новее пакета: сама она его не опровергает и не подтверждает. Попросите отправителя "
    "выполнить «fairreview evidence continue» и проверьте вместе с тем файлом, который она напишет"
)

_UNLIKE = "разные программы распакуют разное"

RULES = {
    # what was given
    "archive-broken": (DAMAGE, "архив не читается как ZIP"),
    "archive-before": (DAMAGE, "в архиве перед первым файлом лежат байты, которых нет в оглавлении: " + _UNLIKE),
    "archive-between": (DAMAGE, "в архиве между файлами лежат байты, которых нет в оглавлении: " + _UNLIKE),
    "archive-behind": (DAMAGE, "в архиве после его конца лежат ещё байты: " + _UNLIKE),
    "archive-comment": (DAMAGE, "у архива есть приписка, она ничем не заверена"),
    "archive-content": (DAMAGE, "распаковывается не в то, что о нём сказано в архиве"),
    "archive-packing": (DAMAGE, "зашифровано или упаковано так, что распакует не всякая программа"),
    "archive-field": (DAMAGE, "у файла в архиве есть дополнительные сведения, которые могут дать ему другое имя"),
    "archive-form": (DAMAGE, "архив из частей, в форме ZIP64 или записан потоком без сжатия: " + _UNLIKE),
    "archive-local": (DAMAGE, "у файла в архиве два описания, и они расходятся: " + _UNLIKE),
    "archive-twice": (DAMAGE, "имя стоит в архиве дважды: " + _UNLIKE),
    "archive-name": (DAMAGE, "недопустимое имя в архиве"),
    "too-big": (CANNOT_JUDGE, "больше, чем эта программа читает"),
    "too-many": (CANNOT_JUDGE, "найдено {count}, и проверка на этом остановлена: о прочем ничего не сказано"),
    "unreadable": (CANNOT_JUDGE, "не читается"),
    "not-a-file": (DAMAGE, "ссылка или не файл; не открывалось"),
    # the list
    "list-broken": (DAMAGE, "описи нет, или она изменена: {why}"),
    "list-version": (CANNOT_JUDGE, "версия описи не известна этой программе"),
    "list-old": (CANNOT_JUDGE, _OLD),
    "listed-twice": (DAMAGE, "файл назван в описи дважды"),
    "file-missing": (DAMAGE, "файла нет"),
    "file-changed": (DAMAGE, "содержимое изменено"),
    "file-extra": (DAMAGE, "лишний файл: в описи его нет"),
    "folder-extra": (DAMAGE, "лишняя папка: в описи в ней ничего нет"),
    "file-unlisted": (DAMAGE, "этот файл должен быть в описи, а его в ней нет"),
    "bag-list": (DAMAGE, "списка нет, или он не таков, каким его делают остальные файлы"),
    "bag-broken": (DAMAGE, "списка файлов нет, или он изменён"),
    "bag-differs": (DAMAGE, "не совпадает со списком {list}"),
    # the log
    "log-line": (DAMAGE, "не запись журнала: {why}"),
    "log-torn": (DAMAGE, "последняя строка оборвана"),
    "log-version": (CANNOT_JUDGE, "версия записи не известна этой программе"),
    "header-changed": (DAMAGE, "заголовок записи изменён"),
    "log-place": (DAMAGE, "стоит после записи {last}: что-то удалено, вставлено или переставлено"),
    "log-link": (DAMAGE, "не продолжает предыдущую запись: одна из двух изменена"),
    "body-changed": (DAMAGE, "содержание записи изменено"),
    "body-version": (CANNOT_JUDGE, "версия содержания не известна этой программе"),
    "body-shape": (DAMAGE, "содержание записи не той структуры: {why}"),
    "body-foreign": (DAMAGE, "содержание записи не об этом деле: чужие записи передаются только заголовками"),
    "log-count": (NOTE, "записей {count}; содержание удалено по сроку: {purged}, не для этой выписки: {withheld}"),
    "head-chain": (DAMAGE, "{name}: этой цепочки в выписке нет"),
    "head-cut": (DAMAGE, "{name}: этой записи нет, журнал обрезан"),
    "head-rewritten": (DAMAGE, "{name}: на этом месте стояла другая запись, журнал переписан"),
    "head-beyond": (DAMAGE, "{name}: за последней записью стоят лишние"),
    "chain-vanished": (DAMAGE, "{name}: эту цепочку не называет, хотя она новее пакета"),
    "chain-unlisted": (DAMAGE, "{name}: эта цепочка не названа"),
    "chain-unnamed": (NOTE, "{name}: эта цепочка не названа"),
    # captures
    "capture-broken": (DAMAGE, "описание записи: {why}"),
    "capture-version": (CANNOT_JUDGE, "версия описания не известна этой программе"),
    "capture-unknown": (DAMAGE, "журнал не знает этой записи"),
    "capture-partial": (NOTE, "запись неполная и сама говорит об этом"),
    "artifact-missing": (DAMAGE, "нет файла {digest} ({kind})"),
    "artifact-absent": (NOTE, "{kind}: {reason}"),
    "absence-reason": (DAMAGE, "{kind}: отсутствие объяснено тем, чего в таком пакете быть не может: {reason}"),
    "purge-unproven": (DAMAGE, "{kind}: объявлено удалённым по сроку, но журнал этого удаления не знает"),
    "capture-lost": (DAMAGE, "журнал называет запись {digest}, а в пакете её нет"),
    "capture-differs": (DAMAGE, "журнал называет у этой записи другие файлы"),
    "capture-digest": (DAMAGE, "опись называет у этой записи другой SHA-256"),
    "capture-order": (DAMAGE, "в журнале эта запись стоит раньше предыдущей"),
    "capture-time": (DAMAGE, "запись сделана {finished}, а в журнале она с {logged}"),
    "capture-foreign": (DAMAGE, "запись не об этом деле"),
    "capture-chain": (DAMAGE, "названа предыдущая запись {digest}, а раньше в пакете её нет"),
    "capture-stray": (DAMAGE, "лежит среди записей, но ни одна запись его не называет"),
    # signatures and checkpoints
    "signature-missing": (GAP, "подписи нет"),
    "signature-broken": (DAMAGE, "подпись не читается"),
    "signature-purpose": (DAMAGE, "подпись сделана для другого"),
    "signature-stranger": (DAMAGE, "подписано не тем ключом, который вы назвали: {key}"),
    "signature-wrong": (DAMAGE, "подпись не подходит к содержимому"),
    "signature-yours": (NOTE, "подпись верна; это названный вами ключ"),
    "signature-own": (NOTE, "подпись верна; чей это ключ, пакет доказать не может: {key}"),
    "signature-two": (DAMAGE, "подписано другим ключом, чем опись"),
    "checkpoint-missing": (GAP, "контрольной точки журнала нет"),
    "checkpoint-broken": (DAMAGE, "контрольная точка не читается: {why}"),
    "checkpoint-version": (GAP, "версия контрольной точки не известна этой программе"),
    "checkpoint-foreign": (DAMAGE, "контрольная точка другой установки"),
    "no-outside": (NOTE, _NO_OUTSIDE),
    "bundle-about": (
        NOTE,
        "дело {case}, {title}; собран {created}: того, что записано позже, в нём нет, и более новый пакет возможен",
    ),
    "outside-foreign": (CANNOT_JUDGE, "эта контрольная точка другой установки и об этом пакете ничего не говорит"),
    "outside-fork": (DAMAGE, "под номером {number} есть две разные контрольные точки: журнал вели на два лада"),
    "outside-holds": (NOTE, "журнал пакета содержит всё, что заверено этой контрольной точкой от {at}"),
    "outside-later": (CANNOT_JUDGE, _LATER),
    "outside-continued": (NOTE, "продолжение журнала доказывает: журнал пакета - начало того, что заверено точкой"),
    "outside-new-chain": (NOTE, "контрольная точка новее пакета и называет цепочку, которой в нём ещё не было"),
    "continuation-broken": (DAMAGE, "продолжение журнала не читается: {why}"),
    "continuation-breaks": (DAMAGE, "продолжение не продолжает журнал этого пакета"),
    "continuation-differs": (DAMAGE, "продолжение ведёт не к той записи, которую называет контрольная точка"),
    "continuation-alone": (NOTE, "без контрольной точки, сохранённой отдельно, продолжение ничего не доказывает"),
    # time and limits
    "stamp-wrong": (DAMAGE, "отметка времени не об этом пакете или названо другое время"),
    "stamp-told": (NOTE, "{at}, {authority}: содержимое совпадает; подпись ведомства проверяет {how}"),
    "stamp-none": (NOTE, "отметки времени третьей стороны нет"),
    "missing": (NOTE, "{text}"),
    "limit": (NOTE, "{text}"),
}

GOOD = "ВСЁ СХОДИТСЯ: каждый файл заверен ключом, который вы назвали"
OPEN = "ИЗМЕНЕНИЙ НЕ НАЙДЕНО, НО ПОДТВЕРЖДЕНО НЕ ВСЁ: {why}"
BAD = "ЕСТЬ ПОВРЕЖДЕНИЯ: их {count}"
NO_KEY = (
    "подпись не проверена по ключу, известному вам не из пакета; "
    "такой пакет мог собрать и подписать своим ключом кто угодно"
)
UNJUDGED = "о части нельзя судить, она названа выше"
