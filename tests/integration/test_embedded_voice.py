"""The embedded voice with the real espeak-ng, in a process of its own."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.child import Child
from pipeline.media.read import read_wav
from pipeline.settings import SpeechSettings, child_environment
from pipeline.speech.embedded import EmbeddedSynthesizer
from pipeline.speech.loudness import TARGET_DB, speech_level_db
from pipeline.speech.text import check_script
from pipeline.speech.voices import embedded_voices
from pipeline.types import Speech, Utterance, VoiceId
from tests.words import common_words

WATER = "Water is very important for the development of the village"
WATER_IPA = "ʋˈɔːʈəɾɪzʋˈɛɾiɪmpˈoːɾʈənʈfɔːɾdəɖɪʋˈɛləpmənʈɔʋdəʋˈɪlɪdʒ"
LEAD_IN_S, TAIL_S = 0.25, 0.35

TYPICAL = [
    "Namaste! My name is Priya and I live in Bengaluru.",
    "The government has announced a new scheme for farmers in Maharashtra, and the first payment "
    "of 2000 rupees will be made on Monday.",
    "Good morning everyone, welcome to our channel. Did you know? India has 28 states.",
    "Please visit our shop from 9 in the morning to 8 in the evening; we are open on Sunday too.",
    "We have collected ₹25,00,000 for the hospital & the work will begin next month.",
    "Namaste doston, aaj hum baat karenge ek naye phone ke baare mein.",
    "नमस्ते, मेरा नाम रवि है और मैं दिल्ली में रहता हूँ।",
    "मेरा phone खराब हो गया है, please मुझे बाद में call करना।",
    "வணக்கம், என் பெயர் ரவி. நான் சென்னையில் வசிக்கிறேன்.",
    "السلام علیکم، میرا نام روی ہے۔ میں دہلی میں رہتا ہوں۔",
]


@pytest.fixture
async def child() -> AsyncIterator[Child]:
    made = Child("speech", "pipeline.speech", child_environment())
    yield made
    await made.close()


class Mouth:
    """Speaks into files of one folder."""

    def __init__(self, child: Child, folder: Path) -> None:
        self.synthesizer = EmbeddedSynthesizer(SpeechSettings(), child)
        self.folder = folder

    async def say(
        self, text: str, voice: str = "embedded-en-in-m", into: str = "a.wav", rate_pct: int = 0
    ) -> Speech:
        return await self.synthesizer.synthesize(
            Utterance(text=text, locale="en-IN", voice_id=VoiceId(voice), rate_pct=rate_pct),
            self.folder / into,
        )


@pytest.fixture
def mouth(child: Child, tmp_path: Path) -> Mouth:
    return Mouth(child, tmp_path)


def ipa(speech: Speech) -> str:
    return "".join(phone.text for phone in speech.phones)


async def test_english_sounds_indian_phone_by_phone(mouth: Mouth) -> None:
    speech = await mouth.say(WATER)

    assert ipa(speech) == WATER_IPA
    assert [w.text for w in speech.words] == WATER.split()
    assert speech.duration_s - LEAD_IN_S - TAIL_S == pytest.approx(3.41, abs=0.01)
    assert speech.sample_rate_hz == 22_050


async def test_the_mouth_starts_and_ends_closed(mouth: Mouth) -> None:
    speech = await mouth.say(WATER)

    first, last = speech.phones[0], speech.phones[-1]
    assert first.text == last.text == ""
    assert first.end_s >= LEAD_IN_S
    assert last.end_s - last.start_s >= TAIL_S
    samples = read_wav(speech.path).samples
    assert not samples[: round(LEAD_IN_S * 22_050)].any()
    assert not samples[-round(TAIL_S * 22_050) :].any()


async def test_phones_lie_where_the_sound_is(mouth: Mouth) -> None:
    speech = await mouth.say("Hello, my friend. Come in.")

    sound = read_wav(speech.path)
    loud = np.abs(sound.samples.astype(int)) > 300
    for phone in speech.phones:
        span = slice(round(phone.start_s * 22_050), round(phone.end_s * 22_050))
        if phone.text in ("ˈɛ", "æ", "ˈaɪ", "ˈʌ", "oː", "ˈoː"):
            assert loud[span].mean() > 0.5
        if not phone.text:
            assert loud[span].mean() < 0.2


async def test_hindi_and_english_mix_in_one_breath(mouth: Mouth) -> None:
    speech = await mouth.say("मेरा phone ख़राब है, please call करना।")

    assert [w.text for w in speech.words] == [
        "मेरा",
        "phone",
        "ख़राब",
        "है",
        "please",
        "call",
        "करना",
    ]
    assert "fˈoːn" in ipa(speech)  # the Indian way: stock espeak-ng would say fˈəʊn
    assert "plˈiːz" in ipa(speech)
    assert "(" not in ipa(speech)


async def test_numbers_are_spoken_and_timed_as_one_word(mouth: Mouth) -> None:
    speech = await mouth.say("It costs ₹1,50,000.50 in 2024, मतलब 37 रुपये।")
    english = await mouth.say("In 2024 we paid 37.")

    assert "2024" in [w.text for w in speech.words]
    assert [w.text for w in english.words] == ["In", "2024", "we", "paid", "37"]
    longest = max(english.words, key=lambda w: w.end_s - w.start_s)
    assert longest.text == "2024"


async def test_every_voice_reads_its_own_script_and_english(mouth: Mouth) -> None:
    for voice in embedded_voices():
        text = GREETINGS[voice.rsplit("-", 1)[0].removeprefix("embedded-")]
        speech = await mouth.say(f"{text} Thank you, Ravi!", voice)
        assert_all_is_spoken(speech, text)


def assert_all_is_spoken(speech: Speech, text: str) -> None:
    assert [w.text for w in speech.words][-3:] == ["Thank", "you", "Ravi"]
    assert len(speech.words) == len(text.split()) + 3
    assert "tʰˈæːŋkjuː" in ipa(speech)
    assert all(w.end_s > w.start_s for w in speech.words)
    sound = read_wav(speech.path)
    level_db = speech_level_db(sound.samples / 32768, sound.sample_rate_hz)
    assert level_db == pytest.approx(TARGET_DB, abs=1.0)
    assert np.abs(sound.samples.astype(int)).max() < 28_500


GREETINGS = {
    "en-in": "Good morning to all of you.",
    "hi": "आप सबको मेरा नमस्कार।",
    "as": "পানী জীৱনৰ বাবে বহুত গুৰুত্বপূৰ্ণ।",
    "bn": "জল জীবনের জন্য খুবই গুরুত্বপূর্ণ।",
    "gu": "પાણી જીવન માટે ખૂબ જ મહત્વપૂર્ણ છે.",
    "kn": "ನೀರು ಜೀವನಕ್ಕೆ ಬಹಳ ಮುಖ್ಯ.",
    "ml": "വെള്ളം ജീവിതത്തിന് വളരെ പ്രധാനമാണ്.",
    "mr": "पाणी जीवनासाठी खूप महत्त्वाचे आहे.",
    "or": "ପାଣି ଜୀବନ ପାଇଁ ବହୁତ ଗୁରୁତ୍ୱପୂର୍ଣ୍ଣ।",
    "pa": "ਪਾਣੀ ਜੀਵਨ ਲਈ ਬਹੁਤ ਮਹੱਤਵਪੂਰਨ ਹੈ।",
    "ta": "தண்ணீர் வாழ்க்கைக்கு மிகவும் முக்கியமானது.",
    "te": "నీరు జీవితానికి చాలా ముఖ్యమైనది.",
    "ur": "پانی زندگی کے لیے بہت اہم ہے۔",
}


@pytest.mark.parametrize("text", TYPICAL)
async def test_the_length_is_known_before_within_15_percent(mouth: Mouth, text: str) -> None:
    speech = await mouth.say(text)

    estimated_s = check_script(text, SpeechSettings()).duration_s
    assert estimated_s == pytest.approx(speech.duration_s, rel=0.15)


async def test_every_word_of_a_long_script_has_its_time(mouth: Mouth) -> None:
    words = [f"{w}," if at % 40 == 39 else w for at, w in enumerate(common_words()[:400:5])]

    speech = await mouth.say(" ".join(words))

    assert [w.text for w in speech.words] == [w.rstrip(",") for w in words]
    assert all(w.end_s - w.start_s > 0.03 for w in speech.words)


async def test_a_faster_rate_is_shorter(mouth: Mouth) -> None:
    plain = await mouth.say(WATER)
    fast = await mouth.say(WATER, rate_pct=25)

    assert fast.duration_s < plain.duration_s * 0.9


async def test_requests_wait_for_each_other(mouth: Mouth) -> None:
    texts = [f"Number {n}. {'word ' * n}" for n in range(1, 7)]

    speeches = await asyncio.gather(*(mouth.say(t, into=f"{n}.wav") for n, t in enumerate(texts)))

    for text, speech in zip(texts, speeches, strict=True):
        assert len(speech.words) == len(text.split())
        assert read_wav(speech.path).duration_s == pytest.approx(speech.duration_s)


async def test_a_killed_child_costs_at_most_one_request(mouth: Mouth, child: Child) -> None:
    await mouth.say("One")
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    with contextlib.suppress(errors.SpeechUnavailable):
        await mouth.say("Two")

    speech = await mouth.say("Three")

    assert [w.text for w in speech.words] == ["Three"]


async def test_cancelling_frees_the_child(mouth: Mouth, child: Child) -> None:
    await mouth.say("One")
    pid = child.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)  # now it surely does not answer
    task = asyncio.create_task(mouth.say("Two", into="two.wav"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(task, 0.3)

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not (mouth.folder / "two.wav").exists()
    assert (await mouth.say("Three")).words


async def test_a_child_that_hangs_is_given_up(child: Child, tmp_path: Path) -> None:
    mouth = Mouth(child, tmp_path)
    await mouth.say("One")
    assert child.pid is not None
    os.kill(child.pid, signal.SIGSTOP)
    mouth.synthesizer = EmbeddedSynthesizer(SpeechSettings(limit_s=1.0), child)

    with pytest.raises(errors.SpeechUnavailable):
        await mouth.say("Two")


async def test_nothing_of_a_script_reaches_the_log(
    mouth: Mouth, child: Child, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await mouth.say("Xylophonesecret rises")
    with pytest.raises(errors.BoltiError) as caught:
        await child.ask({"sentences": "Xylophonesecret"}, limit_s=10.0)
    await child.close()

    assert "ylophone" not in caplog.text
    assert "ylophone" not in str(caught.value)


async def test_a_folder_that_is_gone_is_an_error_and_no_file(mouth: Mouth) -> None:
    with pytest.raises(errors.BoltiError):
        await mouth.say("Hello", into="nowhere/a.wav")

    assert not list(mouth.folder.iterdir())
