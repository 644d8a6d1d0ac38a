"""The parts of Edge's provider that need no service: pieces, completeness, the circuit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.speech.edge.circuit import Circuit, Gate
from pipeline.speech.edge.complete import is_whole_sound, what_is_missing
from pipeline.speech.edge.pieces import pieces
from pipeline.types import Timing


@given(st.lists(st.text(st.sampled_from("ab &<क।."), min_size=1, max_size=40), max_size=30))
def test_pieces_hold_every_sentence_once_and_stay_below_the_limit(sentences: list[str]) -> None:
    packed = list(pieces(sentences, max_bytes=250))

    assert " ".join(packed) == " ".join(sentences)
    escaped = [p.replace("&", "&amp;").replace("<", "&lt;") for p in packed]
    assert all(len(p.encode()) <= 250 for p in escaped)


def words(*texts: str, each_s: float = 0.5) -> list[Timing]:
    return [
        Timing(start_s=at * each_s, end_s=(at + 0.9) * each_s, text=text)
        for at, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("text", "heard", "size_bytes"),
    [
        ("It costs 5 lakh, yes.", words("It", "costs", "5 lakh", "yes"), 15_000),
        ("A well-known man — here", words("A", "well", "known", "man", "here"), 15_000),
        ("one two three four five six seven eight nine ten", words(*["word"] * 9), 30_000),
    ],
)
def test_a_whole_answer_lacks_nothing(text: str, heard: list[Timing], size_bytes: int) -> None:
    assert what_is_missing(text, heard, size_bytes) == ""


@pytest.mark.parametrize(
    ("heard", "size_bytes"),
    [
        ([], 30_000),
        (words("one", "two", "three", "four"), 9_000),  # 1.5 s of sound for 1.95 s of words
        (words("one", "two"), 30_000),
    ],
)
def test_an_answer_that_was_cut_short_is_found_out(heard: list[Timing], size_bytes: int) -> None:
    missing = what_is_missing("one two three four", heard, size_bytes)

    assert missing
    assert "three" not in missing


@pytest.mark.parametrize(
    ("duration_s", "whole"), [(10.0, True), (9.85, True), (9.7, False), (10.3, False)]
)
def test_sound_decodes_to_what_its_size_says(duration_s: float, whole: bool) -> None:
    assert is_whole_sound(duration_s, 60_000) is whole


class Time:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_five_faults_open_the_circuit_for_five_minutes() -> None:
    time = Time()
    circuit = Circuit(time)

    for _ in range(4):
        circuit.failed()
    assert circuit.gate() is Gate.PASS
    circuit.failed()

    assert circuit.gate() is Gate.STOP
    time.now_s = 299
    assert circuit.gate() is Gate.STOP
    time.now_s = 301
    assert circuit.gate() is Gate.PROBE


def test_faults_far_apart_or_with_an_answer_between_open_nothing() -> None:
    time = Time()
    circuit = Circuit(time)

    for _ in range(20):
        circuit.failed()
        time.now_s += 60
    circuit.worked()
    for _ in range(4):
        circuit.failed()

    assert circuit.gate() is Gate.PASS


def test_only_one_caller_probes_and_what_comes_of_it_counts() -> None:
    time = Time()
    circuit = Circuit(time)
    circuit.trip()
    time.now_s = 301

    assert [circuit.gate(), circuit.gate()] == [Gate.PROBE, Gate.STOP]
    circuit.given_up()
    assert circuit.gate() is Gate.PROBE
    circuit.failed()
    assert circuit.gate() is Gate.STOP
    time.now_s = 700
    assert circuit.gate() is Gate.PROBE
    circuit.worked()

    assert circuit.gate() is Gate.PASS
