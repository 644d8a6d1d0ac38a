"""Whatever somebody does in whatever order, the draft is what they would say it is.

Hypothesis sends photos, words, edits, taps and repeats in any order; a few lines of model say what
must have been ordered by then, and what still waits.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bot.texts import load_texts
from pipeline.types import JobState, Owner
from tests.unit.bot.conftest import Bot, running_bot, settings_in
from tests.unit.bot.test_conversation import ALICES_DRAFT, words_of
from tests.unit.bot.updates import ALICE, edited, photo, tap, text
from tests.verdicts import make_verdict

WORDS = st.sampled_from(["Good morning.", "Good night.", "See you tomorrow.", "नमस्ते।"])
TEXTS = load_texts()


class DraftMachine(RuleBasedStateMachine):
    """One person in one chat."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.stack = AsyncExitStack()
        self.update_id = 0
        self.last: dict[str, Any] | None = None
        self.expected: list[str] = []
        self.words: str | None = None
        self.words_message = 0
        self.has_face = False
        self.is_undecided = False
        self.asks_first = False

    @initialize()
    def starts(self) -> None:
        running = running_bot(settings_in(Path(self.folder.name)), TEXTS)
        self.bot: Bot = self.runner.run(self.stack.enter_async_context(running))

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    @rule(caption=st.none() | WORDS, faces=st.sampled_from([1, 1, 2]))
    def sends_a_photo(self, caption: str | None, faces: int) -> None:
        self.bot.services.look = lambda: make_verdict(faces)
        more: dict[str, Any] = {} if caption is None else {"caption": caption}
        self._hears(photo(self._next(), **more))
        self.has_face, self.is_undecided = True, faces > 1
        if caption is not None:
            self.words, self.words_message = caption, self.update_id
        self._is_complete()

    @rule(words=WORDS)
    def sends_words(self, words: str) -> None:
        self._hears(text(self._next(), words))
        self.words, self.words_message = words, self.update_id
        self._is_complete()

    @rule(words=WORDS)
    @precondition(lambda self: self.words is not None)
    def edits_the_words_that_wait(self, words: str) -> None:
        self._hears(edited(self._next(), self.words_message, words))
        self.words = words
        self._is_complete()

    @rule(number=st.sampled_from(["1", "2"]))
    @precondition(lambda self: self.is_undecided)
    def chooses_a_face(self, number: str) -> None:
        shown = self.bot.telegram.of("sendPhoto")[-1]
        self._hears(tap(self._next(), shown.buttons[number]))
        self.is_undecided = False
        self._is_complete()

    @rule()
    def makes_it(self) -> None:
        """Press "make" under a card, or under one that has gone."""
        self._hears(tap(self._next(), f"make:{ALICES_DRAFT}"))
        self._is_complete(agreed=True)

    @rule()
    def cancels(self) -> None:
        self._hears(text(self._next(), "/cancel"))
        self.words, self.has_face, self.is_undecided = None, False, False

    @rule(asks_first=st.booleans())
    def sets_whether_to_be_asked(self, asks_first: bool) -> None:
        owner = Owner(f"telegram:{ALICE}")
        self.runner.run(self.bot.services.preferences.change(owner, confirm=asks_first))
        self.asks_first = asks_first

    @rule()
    @precondition(lambda self: self.last is not None and "message" in self.last)
    def telegram_repeats_itself(self) -> None:
        """The same update again, at once, as after a crash: nothing is ordered twice."""
        assert self.last is not None
        if "text" in self.last["message"] and self.last["message"]["text"] == "/cancel":
            return
        if self.words is None and self.has_face:  # it has ordered something
            self._hears(self.last)

    @invariant()
    def what_was_ordered_is_what_was_asked_for(self) -> None:
        if hasattr(self, "bot"):
            assert words_of(self.bot) == self.expected

    @invariant()
    def the_draft_holds_what_waits_and_nothing_else(self) -> None:
        if not hasattr(self, "bot"):
            return
        draft = self.runner.run(self.bot.services.drafts.get(ALICES_DRAFT))
        assert (draft is not None and draft.portrait is not None) == self.has_face
        assert (None if draft is None else draft.script) == self.words
        pictures = list(Path(self.folder.name).glob("data/artifacts/drafts/**/*.png"))
        assert len(pictures) == int(self.has_face)

    def _next(self) -> int:
        self.update_id += 1
        return self.update_id

    def _hears(self, update: dict[str, Any]) -> None:
        self.runner.run(self.bot.hears(update))
        self.last = update
        jobs = self.bot.services.jobs.jobs
        for id, job in jobs.items():  # each is made at once, so that no limit is met
            jobs[id] = replace(job, state=JobState.SUCCEEDED)

    def _is_complete(self, *, agreed: bool = False) -> None:
        if self.words is None or not self.has_face or self.is_undecided:
            return
        if agreed or not self.asks_first:
            self.expected.append(self.words)
            self.words = None


DraftMachine.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestDrafts = DraftMachine.TestCase
