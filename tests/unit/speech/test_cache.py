"""The same words in the same voice are spoken once, and never another voice in its name."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.speech.cache import CachedSynthesizer
from pipeline.speech.shelf import Shelf
from pipeline.types import Speech, Timing, Utterance, Voice, VoiceId

NEERJA, OTHER = VoiceId("neerja"), VoiceId("other")
ASKED = Utterance(text="नमस्ते café", voice_id=NEERJA)


class FakeSynthesizer:
    """Speaks a little noise that depends on the text; counts."""

    def __init__(self) -> None:
        self.calls = 0
        self.speaks_as: VoiceId | None = None
        self.error: Exception | None = None
        self.go = asyncio.Event()
        self.go.set()

    async def voices(self) -> Sequence[Voice]:
        return ()

    async def synthesize(self, utterance: Utterance, into: Path) -> Speech:
        self.calls += 1
        await self.go.wait()
        if self.error is not None:
            raise self.error
        into.write_bytes(hashlib.sha256(utterance.text.encode()).digest() * 32)
        return Speech(
            path=into,
            duration_s=1.0,
            sample_rate_hz=24_000,
            words=(Timing(start_s=0.1, end_s=0.5, text=utterance.text),),
            provider="fake",
            voice_id=self.speaks_as or utterance.voice_id,
            requested_voice_id=utterance.voice_id,
        )

    async def close(self) -> None:
        return None


class Days:
    now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


class Shop:
    """A cache in a folder, that may be closed and opened again."""

    def __init__(self, folder: Path, max_bytes: int = 1_000_000) -> None:
        self.folder, self.days, self.inner = folder, Days(), FakeSynthesizer()
        self.max_bytes = max_bytes
        self.cache = self.opened()

    def opened(self, version: str = "1") -> CachedSynthesizer:
        shelf = Shelf(
            self.folder / "kept", max_bytes=self.max_bytes, max_age_s=3600, clock=self.days
        )
        return CachedSynthesizer(self.inner, shelf, version=version)

    async def ask(self, utterance: Utterance = ASKED, into: str = "a.wav") -> Speech:
        return await self.cache.synthesize(utterance, self.folder / into)

    @property
    def entries(self) -> list[Path]:
        return sorted((self.folder / "kept").rglob("*.json"))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


async def test_the_second_time_nobody_speaks(shop: Shop) -> None:
    first = await shop.ask()

    second = await shop.ask(into="b.wav")

    assert shop.inner.calls == 1
    assert second == replace(first, path=second.path, from_cache=True)
    assert second.path.read_bytes() == first.path.read_bytes()


async def test_what_was_spoken_survives_a_restart(shop: Shop) -> None:
    await shop.ask()

    shop.cache = shop.opened()
    again = await shop.ask()

    assert again.from_cache
    assert shop.inner.calls == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, text="नमस्ते"),
        replace(ASKED, voice_id=OTHER),
        replace(ASKED, rate_pct=10),
        replace(ASKED, pitch_hz=5),
        replace(ASKED, locale="hi-IN"),
    ],
)
async def test_whatever_decides_the_sound_makes_another_entry(
    shop: Shop, other: Utterance
) -> None:
    await shop.ask()

    await shop.ask(other)

    assert shop.inner.calls == 2


async def test_another_version_of_the_provider_speaks_anew(shop: Shop) -> None:
    await shop.ask()
    shop.cache = shop.opened(version="2")

    await shop.ask()

    assert shop.inner.calls == 2


async def test_the_same_text_in_another_unicode_form_is_the_same(shop: Shop) -> None:
    await shop.ask()

    again = await shop.ask(replace(ASKED, text="नमस्ते cafe\u0301"))

    assert again.from_cache


async def test_ten_who_ask_at_once_cause_one_call(shop: Shop) -> None:
    shop.inner.go.clear()
    asking = [asyncio.create_task(shop.ask(into=f"{n}.wav")) for n in range(10)]
    await asyncio.sleep(0)
    shop.inner.go.set()

    spoken = await asyncio.gather(*asking)

    assert shop.inner.calls == 1
    assert sum(speech.from_cache for speech in spoken) == 9
    assert len({speech.path for speech in spoken}) == 10


async def test_when_the_first_of_many_is_cancelled_the_next_one_is_served(shop: Shop) -> None:
    shop.inner.go.clear()
    first = asyncio.create_task(shop.ask())
    second = asyncio.create_task(shop.ask(into="b.wav"))
    await asyncio.sleep(0.01)
    first.cancel()
    shop.inner.go.set()

    assert (await second).voice_id == NEERJA
    assert first.cancelled() or first.cancelling()


async def test_a_stand_in_is_never_kept_under_the_name_of_the_voice(shop: Shop) -> None:
    shop.inner.speaks_as = OTHER
    fallen = await shop.ask()
    assert fallen.voice_id == OTHER

    shop.inner.speaks_as = None
    asked_again = await shop.ask()

    assert (asked_again.voice_id, asked_again.from_cache) == (NEERJA, False)


async def test_an_error_is_not_kept(shop: Shop) -> None:
    shop.inner.error = errors.SpeechUnavailable("fake", "down")
    with pytest.raises(errors.SpeechUnavailable):
        await shop.ask()
    shop.inner.error = None

    assert not (await shop.ask()).from_cache
    assert len(shop.entries) == 1


async def test_an_entry_goes_an_hour_after_its_making_however_often_it_is_used(
    shop: Shop,
) -> None:
    await shop.ask()
    shop.days.now_s += 3_000
    assert (await shop.ask()).from_cache
    shop.days.now_s += 700

    assert not (await shop.ask()).from_cache


async def test_the_least_used_goes_when_the_folder_is_full(tmp_path: Path) -> None:
    shop = Shop(tmp_path, max_bytes=12_000)
    for number in range(5):
        shop.days.now_s += 1
        await shop.ask(replace(ASKED, text=f"text {number}"))
    shop.days.now_s += 1
    assert (await shop.ask(replace(ASKED, text="text 0"))).from_cache

    for number in range(5, 9):
        shop.days.now_s += 1
        await shop.ask(replace(ASKED, text=f"text {number}"))

    size = sum(path.stat().st_size for path in (tmp_path / "kept").rglob("*.*"))
    assert size <= 12_000
    assert (await shop.ask(replace(ASKED, text="text 0"))).from_cache
    assert not (await shop.ask(replace(ASKED, text="text 1"))).from_cache


@pytest.mark.parametrize("suffix", [".wav", ".json"])
@pytest.mark.parametrize("damage", [b"", b"{}", b"damaged " * 100])
async def test_a_damaged_entry_is_spoken_anew(shop: Shop, suffix: str, damage: bytes) -> None:
    first = await shop.ask()
    shop.entries[0].with_suffix(suffix).write_bytes(damage)

    again = await shop.ask(into="b.wav")

    assert not again.from_cache
    assert again.path.read_bytes() == first.path.read_bytes()
    assert (await shop.ask(into="c.wav")).from_cache


async def test_what_a_crash_left_goes_after_an_hour_and_nothing_younger(shop: Shop) -> None:
    await shop.ask()
    folder = shop.entries[0].parent
    for name in ("x.part", "y.wav"):
        (folder / name).write_bytes(b"x")
    Shelf(shop.folder / "kept", max_bytes=10**6, max_age_s=60, clock=shop.days).tidy()
    assert len(list(folder.iterdir())) == 4

    Shelf(shop.folder / "kept", max_bytes=10**6, max_age_s=10**10, clock=lambda: 9e9).tidy()

    assert sorted(p.suffix for p in folder.iterdir()) == [".json", ".wav"]


async def test_names_and_notes_do_not_hold_the_words_of_a_key(shop: Shop) -> None:
    await shop.ask()

    assert "नमस्ते" not in str(shop.entries[0])
