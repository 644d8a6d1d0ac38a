"""What a speech service may send, and what it may not do to us."""

import random
import re
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline import errors
from pipeline.media.read import decode_speech, read_wav
from tests.unit.media.conftest import MakeFile


@pytest.mark.parametrize(
    ("container", "codec", "rate_hz", "layout"),
    [
        ("ogg", "libopus", 48000, "mono"),
        ("mp3", "libmp3lame", 44100, "stereo"),
        ("wav", "pcm_s16le", 16000, "mono"),
        ("mp4", "aac", 44100, "stereo"),
        ("flac", "flac", 22050, "mono"),
        ("webm", "libopus", 48000, "mono"),
    ],
)
def test_each_kind_of_speech_is_read_as_mono_at_its_own_rate(
    make_recording: MakeFile, container: str, codec: str, rate_hz: int, layout: str
) -> None:
    path = make_recording(container, codec, 1.0, rate_hz, layout)

    sound = decode_speech(path.read_bytes())

    assert sound.sample_rate_hz == rate_hz
    assert sound.samples.ndim == 1
    assert sound.duration_s == pytest.approx(1.0, abs=0.1)
    middle = sound.samples[rate_hz // 4 : rate_hz // 2].astype(float)
    loudest_hz = np.argmax(np.abs(np.fft.rfft(middle))) * rate_hz / len(middle)
    assert loudest_hz == pytest.approx(440, abs=8)


def test_an_unusual_rate_becomes_one_that_a_video_can_carry(make_recording: MakeFile) -> None:
    path = make_recording("wav", "pcm_s16le", 1.0, 18000)

    sound = decode_speech(path.read_bytes())

    assert sound.sample_rate_hz == 22050
    assert sound.duration_s == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello, I am no sound",
        b"OggS" + bytes(500),
        b"ffconcat version 1.0\nfile 'secret.wav'\n",
        b"#EXTM3U\n#EXTINF:1,\nsecret.wav\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
        random.Random(1).randbytes(20_000),
    ],
)
def test_what_is_no_sound_is_unreadable_and_opens_nothing_else(
    make_recording: MakeFile, tmp_path: Path, content: bytes
) -> None:
    make_recording("wav", "pcm_s16le").rename(tmp_path / "secret.wav")
    path = tmp_path / "voice.ogg"
    path.write_bytes(content)

    with pytest.raises(errors.SoundUnreadable):
        decode_speech(path.read_bytes())


def test_a_picture_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        file.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        file.mux(stream.encode(None))

    with pytest.raises(errors.SoundUnreadable, match=re.escape("no sound in it")):
        decode_speech(path.read_bytes())


def test_a_codec_outside_the_list_is_refused(make_recording: MakeFile) -> None:
    path = make_recording("wav", "adpcm_ms", 1.0, 22050)

    with pytest.raises(errors.SoundUnreadable):
        decode_speech(path.read_bytes())


def test_a_codec_that_nobody_knows_is_refused(make_recording: MakeFile) -> None:
    path = make_recording("matroska", "libopus")
    path.write_bytes(path.read_bytes().replace(b"A_OPUS", b"A_OPUX"))

    with pytest.raises(errors.SoundUnreadable):
        decode_speech(path.read_bytes())


@pytest.mark.parametrize(("container", "codec"), [("ogg", "libopus"), ("mp3", "libmp3lame")])
def test_a_damaged_recording_gives_sound_or_an_error_of_the_tree(
    make_recording: MakeFile, container: str, codec: str
) -> None:
    path = make_recording(container, codec, 0.5)
    whole = path.read_bytes()
    chance = random.Random(7)

    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(bytes(damaged[: chance.randint(1, len(damaged))]))
        try:
            sound = decode_speech(path.read_bytes())
        except errors.ScriptError:
            continue
        assert len(sound.samples) > 0


def test_our_own_wavs_come_back_sample_by_sample(make_recording: MakeFile) -> None:
    path = make_recording("wav", "pcm_s16le", 0.5, 22050)

    wav, decoded = read_wav(path), decode_speech(path.read_bytes())

    assert wav.sample_rate_hz == decoded.sample_rate_hz == 22050
    np.testing.assert_array_equal(wav.samples, decoded.samples)


@pytest.mark.parametrize("content", [b"", b"RIFF....WAVE", b"no wav"])
def test_a_broken_wav_of_ours_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "speech.wav"
    path.write_bytes(content)

    with pytest.raises(errors.SoundUnreadable):
        read_wav(path)
