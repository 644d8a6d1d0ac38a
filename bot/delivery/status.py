"""Changing a status message, which is a text, or a preview with the same words as its caption.

An edit may be repeated unseen: that makes it the way to show a preview, which no crash then shows
twice. Not known here: when to edit, and what is said.
"""

from __future__ import annotations

from telegram import Bot, InlineKeyboardMarkup, InputMediaVideo
from telegram.error import BadRequest

NO_TEXT = "no text in the message"
SAME = "not modified"


async def edit_status(
    bot: Bot,
    chat_id: int,
    message_id: int,
    text: str,
    keyboard: InlineKeyboardMarkup | None,
    *,
    under_preview: str = "",
) -> None:
    """Change the words of a status message; the same words again are fine.

    ``under_preview`` goes before them where the message shows a preview. Raises
    ``TelegramError``.
    """
    try:
        await bot.edit_message_text(
            text, chat_id=chat_id, message_id=message_id, reply_markup=keyboard
        )
    except BadRequest as e:
        if NO_TEXT in e.message.lower():
            caption = f"{under_preview}\n{text}".strip()
            await _edit_caption(bot, chat_id, message_id, caption, keyboard)
        elif SAME not in e.message.lower():
            raise


async def lay_video(
    bot: Bot,
    chat_id: int,
    message_id: int,
    video: InputMediaVideo,
    keyboard: InlineKeyboardMarkup | None,
    limit_s: float,
) -> None:
    """Put a video into a status message; the same again is fine. Raises ``TelegramError``."""
    try:
        await bot.edit_message_media(
            video,
            chat_id=chat_id,
            message_id=message_id,
            reply_markup=keyboard,
            write_timeout=limit_s,
            read_timeout=limit_s,
        )
    except BadRequest as e:
        if SAME not in e.message.lower():
            raise


async def _edit_caption(
    bot: Bot, chat_id: int, message_id: int, text: str, keyboard: InlineKeyboardMarkup | None
) -> None:
    try:
        await bot.edit_message_caption(chat_id, message_id, caption=text, reply_markup=keyboard)
    except BadRequest as e:
        if SAME not in e.message.lower():
            raise
