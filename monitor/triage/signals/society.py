"""Politics, hate of peoples and preaching: not about goods, and for a person to judge.

A shirt may bear a president and a carpet may be Uzbek, so a name alone says nothing; it takes a slogan, a call, or
a people that something bad is said of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.triage.models import Signal, Span
from monitor.triage.signals.building import build_signal
from monitor.triage.speech import Speech, Stance

_SURE = 0.75
_HINTED = 0.6
_SLOGAN = re.compile(
    r"(?<!\w)(?:слава (?:украин|росси|ссср|кпсс|сталин|героям|вдв|нации)|героям слава|путин (?:вор|хуйло|"
    r"убийц|наш президент|лучший)|россия без путина|долой (?:[а-я]{1,15} )?(?:власт|путин|капитал|режим|"
    r"правительств|чинов|олигарх)|"
    r"голосу(?:й|йте|ем) (?:[а-я]{1,8} )?(?:за |против )|все на выборы|приходите на выборы|"
    r"не голосуйте за|нет войне|свободу (?:навальн|политзаключ|[а-я]+ну)|крым наш|крым (?:это )?украин|"
    r"смерть (?:врагам|хохлам|москалям|русским|фашист)|за родину|за сталина|"
    r"победа будет за нами|своих не бросаем|единая россия|партия (?:жуликов|воров)|"
    r"санкции (?:во всем )?винова|гейроп|пятая колонна|иноагент|мобилизаци[яию]|(?:власть|"
    r"правительств[а-я]+|депутат[а-я]*|чиновник[а-я]*) (?:[а-я]{1,15} )?(?:вор|прода|грабит|обнагл|зажр|жиру)|"
    r"верните ссср|революци[яюи]|выходите на (?:митинг|площад|улиц)|на митинг|байден|трамп[а-я]?(?!\w)|"
    r"зеленск[а-я]{2,3}|навальн[а-я]{2,3}|оккупант|бандер[а-я]{1,3}|имперцы|чипировани|"
    r"вакцин[а-я]{1,3} (?:убива|чипир)|масоны|мировая закулиса)"
)
_PREACHING = re.compile(
    r"(?<!\w)(?:покайтесь|покайся|конец света|судный день|страшный суд|иисус (?:[а-я]{1,15} )?(?:любит|спас|"
    r"грядет|господь)|господь (?:[а-я]{1,15} )?(?:любит|спасет|покарает|грядет|все видит)|"
    r"бог (?:вас )?(?:покара|накаж)|аллах (?:[а-я]{1,15} )?(?:покара|накаж|велик)|второе пришествие|грядет|"
    r"молитесь|читайте (?:библию|коран)|свидетел[иейям]+ иегов|антихрист|сатан[аиы])"
)
_PEOPLE = re.compile(
    r"(?<!\w)(?:узбек|таджик|киргиз|казах|китайц|китаец|еврей|евреи|евреев|цыган|кавказц|армян|"
    r"азербайджан|чечен|дагестан|грузин|молдаван|украинц|негр|черны[ех](?!\w)|русск(?:ие|их|им)(?!\w)|"
    r"мусульман|мигрант|гастарбайтер|понаехавш|нерус|азиат|вьетнам|турк[иа]|индус|поляк|американц|пиндос|"
    r"хохл|москал|азер|чурк|хач|узкоглаз|черножоп|жид[ыоа]|гей|геи|лгбт|женщин(?:ы|ам)(?!\w))[а-я]{0,4}"
)
_BLAME = re.compile(
    r"гнать (?:[а-я]{1,15} )?из страны|понаехал|всегда (?:[а-я]{1,15} )?(?:обман|вору|врут|пьян|лен)|"
    r"не (?:берите|покупайте|связывайтесь|"
    r"имейте)[^.!?\n]{0,25}(?:них|ними)|депортир|вон из|(?:на |в )(?:родин|аул|кишлак|горы)|обратно в|"
    r"домой (?:их|отправ)|(?:все|одни) (?:[а-я]{1,15} )?(?:вор|тупые|ленив|грязн|обман|жулик|враг|нелюд|"
    r"бандит)|вор(?:ы|юги|ье|уют)|тупые|грязные|ленивые|нелюди|звер[иье]|обезьян|быдло|варвар|дикар|"
    r"что (?:с|от) них (?:взять|ждать)|от них (?:другого|ничего)|им (?:нельзя|не место)|не место|ненавижу|"
    r"не люд|раса|второсортн|недочеловек|уничтож|перебить|резать|гнать|гоните|выгна|руками не|руки у них|"
    r"мозгов у них|как всегда у|везде они|засилье|одни только|перестрел|геноцид|хуже животн"
)
_OPEN_HATE = re.compile(
    r"(?<!\w)(?:вали(?:те)?|убирай(?:ся|тесь)|катись|катитесь|езжай(?:те)?) (?:[а-я]{1,15} )?(?:в|на|"
    r"к себе в) (?:сво[йюея]м?|родин|аул|кишлак|горы|хохл|рашк)|"
    r"(?:гнать|выгнать|вышвырнуть) (?:[а-я]{1,15} ){0,2}из страны|(?:вас|их|всех) (?:[а-я]{1,15} ){0,2}гнать|"
    r"(?:травить|давить|душить|уничтожать) (?:[а-я]{1,15} )?как (?:тараканов|крыс|клопов|собак)|"
    r"(?:вам|им|таким) (?:[а-я]{1,15} )?место (?:в печ|в газ|в лагер|за забор)|стран[ауы] агрессор"
)
_ON_GOODS = re.compile(
    r"книг|футболк|кружк|портрет|плакат|флаг|значок|наклейк|магнит|календар|икон|библи|роман|автор|принт|"
    r"картин|фильм|шеврон|патч|брошюр"
)


def find_politics(speech: Speech) -> Signal | None:
    """A slogan, a call to vote, preaching; None where the goods themselves are of that kind."""
    if _ON_GOODS.search(speech.text):
        return None
    found = [*_matches(speech, _SLOGAN, _SURE), *_matches(speech, _PREACHING, _SURE)]
    if not found:
        return None
    return build_signal("politics", max(value for _, value in found), (span for span, _ in found), ground="politics")


def find_hate(speech: Speech) -> Signal | None:
    """A people or group, and in the same sentence something bad said of it as a whole; None otherwise."""
    text = speech.text
    found = [speech.prepared.span(*match.span()) for match in _OPEN_HATE.finditer(text)]
    for match in _PEOPLE.finditer(text):
        index = speech.index_at(match.start())
        if index is None or speech.stance(index) is not Stance.OWN:
            continue
        sentence = speech.sentence_of(index)
        start, end = speech.words[sentence.start].start, speech.words[sentence.stop - 1].end
        if _BLAME.search(text[start:end]):
            found.append(speech.prepared.span(start, end) if end - start < 120 else speech.prepared.span(*match.span()))
    return build_signal("hate", _HINTED, found, ground="hate") if found else None


def _matches(speech: Speech, pattern: re.Pattern[str], strength: float) -> Iterator[tuple[Span, float]]:
    for match in pattern.finditer(speech.text):
        index = speech.index_at(match.start())
        if index is not None and speech.stance(index) is Stance.OWN:
            yield speech.prepared.span(*match.span()), strength
