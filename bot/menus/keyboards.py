"""Inline keyboards, and what their buttons carry.

A button carries an action and an id, never data: at most 64 bytes. Who may press it is decided by
the handler, from the job or the draft that the id names. A new button is an ``Action``, a function
here and its handler, registered through ``bot/menus/taps.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit

from bot.texts import Texts, short_id
from pipeline.types import JobId, VoiceId

COLUMNS = 2
NUMBER_COLUMNS = 5
MOST_DIGITS = 18
VOICES = "voices"
"""What the greeting offers beside a language."""


class Action(StrEnum):
    """What a button does."""

    CANCEL_JOB = "cancel"
    CANCEL_DRAFT = "drop"
    SEND_AGAIN = "again"
    TRY_AGAIN = "retry"
    QUICKLY = "quick"
    MAKE = "make"
    FACE = "face"
    PHOTO = "photo"
    CUT = "cut"
    SHORTEN = "shorten"
    REDO = "redo"
    SOUND = "sound"
    SAMPLE = "sample"
    GREET = "greet"
    SETTING = "setting"
    SET = "set"
    AGREE = "agree"
    WITHDRAW = "unagree"
    REPORT = "report"
    REPORT_KIND = "kind"
    DECIDE = "decide"
    FORGET = "forget"
    AGREE_HERE = "agreehere"
    ALLOW_ONCE = "once"
    ALLOW_ALWAYS = "always"
    ATTEST = "attest"
    FACE_HERE = "facehere"
    REFUSE = "refuse"
    TAKE_BACK = "takeback"
    GROUP_RULE = "rule"
    BROADCAST = "broadcast"
    STOP_BROADCAST = "stop"
    DROP_BROADCAST = "unsent"
    PANEL = "panel"
    RETRY_ANY = "anew"
    VOICES = "voices"
    HEAR = "hear"
    USE = "use"
    VARIANT = "variant"
    OTHER_VOICE = "other"
    VOICE = "speak"
    NEW_WORDS = "words"
    AS_FILE = "file"
    BACK = "back"
    RECORDING = "rec"
    """What shall become of a recording; ``bot/menus/recordings.py`` has the choices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """An action and the id of the job or draft that it is about."""

    action: Action
    target: str

    def pack(self) -> str:
        """Write the tap as callback_data. Raises ``ValueError`` beyond Telegram's 64 bytes."""
        packed = f"{self.action}:{self.target}"
        if len(packed.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
            raise ValueError(f"callback_data of {len(packed.encode())} bytes; 64 is the limit")
        return packed


def unpack(data: str | None) -> Tap | None:
    """Read callback_data; None when no button of today wrote it."""
    action, _, target = (data or "").partition(":")
    is_known = action in Action.__members__.values() and target
    return Tap(action=Action(action), target=target) if is_known else None


def number_in(written: str) -> int | None:
    """Read a number that a button carries; None for what no keyboard wrote."""
    is_number = written.isascii() and written.isdecimal() and len(written) <= MOST_DIGITS
    return int(written) if is_number else None


def start_keyboard(texts: Texts, language: str, *, has_sample: bool) -> InlineKeyboardMarkup:
    """Offer a first video with one tap, the voices, and the other languages of the bot."""
    offered = [button(texts.plain(language, "button.choose_voice"), Action.GREET, VOICES)]
    if has_sample:
        offered.insert(0, button(texts.plain(language, "button.sample"), Action.SAMPLE, "start"))
    offered += [
        button(texts.plain(code, "language.name"), Action.GREET, code)
        for code in texts.languages
        if code != texts.language(language)
    ]
    return rows(offered)


def draft_keyboard(texts: Texts, language: str, draft_key: str) -> InlineKeyboardMarkup:
    """Offer to drop what was sent so far."""
    label = texts.plain(language, "button.cancel")
    return rows([button(label, Action.CANCEL_DRAFT, draft_key)])


def sound_keyboard(texts: Texts, language: str, draft_key: str) -> InlineKeyboardMarkup:
    """Offer to let the picture of a video speak with the video's own sound."""
    return rows(
        [
            button(texts.plain(language, "button.its_sound"), Action.SOUND, draft_key),
            button(texts.plain(language, "button.cancel"), Action.CANCEL_DRAFT, draft_key),
        ]
    )


def card_keyboard(texts: Texts, language: str, draft_key: str) -> InlineKeyboardMarkup:
    """Ask whether the video shall be made."""
    return rows(
        [
            button(texts.plain(language, "button.make"), Action.MAKE, draft_key),
            button(texts.plain(language, "button.cancel"), Action.CANCEL_DRAFT, draft_key),
        ]
    )


def faces_keyboard(
    texts: Texts, language: str, draft_key: str, message_id: int, choices: Iterable[int]
) -> InlineKeyboardMarkup:
    """Offer the faces of a photo by their numbers; ``message_id`` is the photo they are in."""
    return numbered(
        [
            button(str(number), Action.FACE, f"{number}/{message_id}/{draft_key}")
            for number in choices
        ],
        button(texts.plain(language, "button.cancel"), Action.CANCEL_DRAFT, draft_key),
    )


def album_keyboard(
    texts: Texts, language: str, draft_key: str, album: str, choices: Iterable[int]
) -> InlineKeyboardMarkup:
    """Offer the photos of an album by their numbers."""
    return numbered(
        [button(str(number), Action.PHOTO, f"{number}/{album}") for number in choices],
        button(texts.plain(language, "button.cancel"), Action.CANCEL_DRAFT, draft_key),
    )


def overlong_keyboard(
    texts: Texts, language: str, draft_key: str, limit_s: int
) -> InlineKeyboardMarkup:
    """Offer to speak the beginning of words that are too long."""
    first = texts.plain(language, "button.cut", limit_s=limit_s)
    return rows(
        [
            button(first, Action.CUT, draft_key),
            button(texts.plain(language, "button.shorten"), Action.SHORTEN, draft_key),
        ]
    )


def redo_keyboard(texts: Texts, language: str, job_id: JobId) -> InlineKeyboardMarkup:
    """Offer to stop a video whose words were changed, and to make it anew."""
    return rows([button(texts.plain(language, "button.redo"), Action.REDO, job_id)])


def settings_keyboard(labels: Mapping[str, str], voice: str) -> InlineKeyboardMarkup:
    """Offer the settings by their names, and the menu of voices."""
    offered = [button(label, Action.SETTING, field) for field, label in labels.items()]
    return rows([*offered, button(voice, Action.VOICES, "all")])


def choices_keyboard(field: str, labels: Iterable[str], back: str) -> InlineKeyboardMarkup:
    """Offer the choices of one setting, and the way back to all of them."""
    choices = [button(label, Action.SET, f"{field}/{place}") for place, label in enumerate(labels)]
    paired = [choices[i : i + COLUMNS] for i in range(0, len(choices), COLUMNS)]
    return InlineKeyboardMarkup([*paired, [button(back, Action.SETTING, "all")]])


def job_keyboard(
    texts: Texts, language: str, job_id: JobId, *, is_stranded: bool = False
) -> InlineKeyboardMarkup:
    """Offer to cancel the job; and to have one made quickly whose own engine is away."""
    offered = [button(texts.plain(language, "button.cancel"), Action.CANCEL_JOB, job_id)]
    if is_stranded:
        quickly = texts.plain(language, "button.quickly")
        offered.insert(0, button(quickly, Action.QUICKLY, job_id))
    return rows(offered)


def jobs_keyboard(texts: Texts, language: str, ids: Iterable[JobId]) -> InlineKeyboardMarkup:
    """Offer to cancel one of several jobs."""
    return rows(
        button(
            texts.plain(language, "button.cancel_one", id=short_id(job_id)),
            Action.CANCEL_JOB,
            job_id,
        )
        for job_id in ids
    )


def again_keyboard(
    texts: Texts, language: str, job_id: JobId, attempt: int
) -> InlineKeyboardMarkup:
    """Offer to send a video again of whose last attempt nobody knows what came of it."""
    target = f"{job_id}.{attempt}"
    return rows([button(texts.plain(language, "button.again"), Action.SEND_AGAIN, target)])


def consent_keyboard(
    texts: Texts, language: str, version: str, draft: str
) -> InlineKeyboardMarkup:
    """Offer to agree, or to leave it; ``version`` is the beginning of the wording's."""
    return rows(
        [
            button(texts.plain(language, "button.agree"), Action.AGREE, f"{version}.{draft}"),
            button(texts.plain(language, "button.cancel"), Action.CANCEL_DRAFT, draft),
        ]
    )


def terms_keyboard(texts: Texts, language: str, user_id: int) -> InlineKeyboardMarkup:
    """Offer to take one's agreement back."""
    label = texts.plain(language, "button.withdraw")
    return rows([button(label, Action.WITHDRAW, str(user_id))])


def broadcast_keyboard(texts: Texts, language: str, id: str, people: int) -> InlineKeyboardMarkup:
    """Let an admin send what was drafted, or throw it away."""
    send = texts.plain(language, "broadcast.button.send", people=people)
    drop = texts.plain(language, "button.cancel")
    return rows([button(send, Action.BROADCAST, id), button(drop, Action.DROP_BROADCAST, id)])


def stop_keyboard(texts: Texts, language: str, id: str) -> InlineKeyboardMarkup:
    """Let an admin stop what is being sent."""
    label = texts.plain(language, "broadcast.button.stop")
    return rows([button(label, Action.STOP_BROADCAST, id)])


def voices_keyboard(
    texts: Texts, language: str, job_id: JobId, labels: Mapping[VoiceId, str]
) -> InlineKeyboardMarkup:
    """Offer other voices for a video, and the way back to its buttons."""
    voices = [[button(label, Action.VOICE, f"{id}/{job_id}")] for id, label in labels.items()]
    back = button(texts.plain(language, "button.back"), Action.BACK, job_id)
    return InlineKeyboardMarkup([*voices, [back]])


def column(buttons: Iterable[tuple[str, Action, str]]) -> InlineKeyboardMarkup:
    """Set buttons below each other: label, action, target."""
    return InlineKeyboardMarkup([[button(*one)] for one in buttons])


def button(label: str, action: Action, target: str) -> InlineKeyboardButton:
    """Make one button."""
    return InlineKeyboardButton(label, callback_data=Tap(action=action, target=target).pack())


def numbered(
    numbers: list[InlineKeyboardButton], last: InlineKeyboardButton
) -> InlineKeyboardMarkup:
    """Set numbers in rows, and one more button below them."""
    lines = [numbers[i : i + NUMBER_COLUMNS] for i in range(0, len(numbers), NUMBER_COLUMNS)]
    return InlineKeyboardMarkup([*lines, [last]])


def rows(buttons: Iterable[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Set buttons in two columns."""
    row = list(buttons)
    return InlineKeyboardMarkup([row[i : i + COLUMNS] for i in range(0, len(row), COLUMNS)])
