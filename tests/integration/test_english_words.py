"""The accent map knows every sound that espeak-ng gives to English words."""

import json
import subprocess
import sys
from pathlib import Path

from pipeline.settings import child_environment
from tests.words import common_words


def test_no_english_word_has_a_sound_that_the_map_does_not_know() -> None:
    """A process of its own here too: espeak-ng's state belongs to a process, not to a test."""
    words = common_words()
    assert len(words) > 3_000

    answer = subprocess.run(
        [sys.executable, "-c", UNMAPPED],
        input=json.dumps(words),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env=child_environment() | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )

    assert json.loads(answer.stdout) == {}


UNMAPPED = """
import json, sys
from pipeline.speech.accent import unmapped
from pipeline.speech.espeak import Espeak
espeak = Espeak()
print(json.dumps({w: u for w in json.load(sys.stdin) if (u := unmapped(espeak.mnemonics(w)))}))
"""
