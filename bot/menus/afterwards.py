"""The buttons under a finished video: what else may be made of it, and the report.

Under the word that a video failed stands the way to another try. In groups only the report stands
there: a group is no place for one person's buttons.
"""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.drafting.variants import Change, changes_for
from bot.menus.keyboards import COLUMNS, Action, button
from bot.texts import Texts
from pipeline import errors
from pipeline.types import Failure, JobId, RenderResult

WORDS = {
    Change.ROUND: "button.round",
    Change.TALL: "button.tall",
    Change.LIKE_PHOTO: "button.like_photo",
    Change.CAPTIONS_ON: "button.captions_on",
    Change.CAPTIONS_OFF: "button.captions_off",
}


HOPELESS = {
    kind.code
    for kind in errors.every_error()
    if issubclass(kind, (errors.ScriptError, errors.PortraitError, errors.FootageError))
}
"""Failures of what was sent: the same again fails again."""
OF_THE_GPU = {
    kind.code
    for kind in (
        errors.EngineUnavailable,
        errors.WeightsUnusable,
        errors.WeightsNotPulled,
        errors.MemoryExhausted,
        errors.DeviceFault,
    )
}
"""Failures that the quick engine does not meet."""


def failed_keyboard(
    texts: Texts, language: str, job_id: JobId, failure: Failure
) -> InlineKeyboardMarkup | None:
    """Offer to make a failed video once more, where that can help."""
    if failure.code in HOPELESS:
        return None
    offered = [button(texts.plain(language, "button.try_again"), Action.TRY_AGAIN, job_id)]
    if failure.code in OF_THE_GPU:
        offered.append(button(texts.plain(language, "button.quickly"), Action.QUICKLY, job_id))
    return InlineKeyboardMarkup([offered])


def video_keyboard(
    texts: Texts, language: str, job_id: JobId, result: RenderResult, *, is_private: bool = True
) -> InlineKeyboardMarkup:
    """Offer what may be done with a video; everybody may report it."""

    def one(word: str, action: Action, target: str = job_id) -> InlineKeyboardButton:
        return button(texts.plain(language, word), action, target)

    report = [one("button.report", Action.REPORT)]
    if not is_private:
        return InlineKeyboardMarkup([report])
    offered = [one("button.new_words", Action.NEW_WORDS)]
    if result.voice_id is not None:
        offered.insert(0, one("button.other_voice", Action.OTHER_VOICE))
    offered += [
        one(WORDS[change], Action.VARIANT, f"{change}/{job_id}") for change in changes_for(result)
    ]
    offered.append(one("button.as_file", Action.AS_FILE))
    rows = [offered[i : i + COLUMNS] for i in range(0, len(offered), COLUMNS)]
    return InlineKeyboardMarkup([*rows, report])
