"""/verify: is this video mine, and as I made it? Anybody may ask about any video.

As an answer to a message with a video, or as the caption of one. Whose it is no answer says,
except to an operator in their own chat. How it is found out is the business of
``pipeline/safety``.
"""

from __future__ import annotations

import logging
from typing import assert_never

from telegram import Message, Update
from telegram.ext import CommandHandler, MessageHandler, filters

from bot.address import asker_id
from bot.context import BotApplication, BotContext, message_of
from bot.drafting.downloads import download, refuse_by_size
from pipeline import errors
from pipeline.safety.verdict import Finding, Verdict
from pipeline.scratch import scratch_folder

EVERYWHERE = filters.UpdateType.MESSAGE
MOVING = (
    filters.VIDEO | filters.ANIMATION | filters.VIDEO_NOTE | filters.Document.Category("video/")
)
ASKED = filters.CaptionRegex(r"^/verify(@\w+)?(\s|$)")

log = logging.getLogger(__name__)


def register(app: BotApplication) -> None:
    """Add /verify, written as an answer or as a caption."""
    app.add_handler(CommandHandler("verify", verify, EVERYWHERE))
    app.add_handler(MessageHandler(EVERYWHERE & MOVING & ASKED, verify))


async def verify(update: Update, context: BotContext) -> None:
    """Examine the video that is meant.

    Raises ``AskedTooOften``, ``VideoTooLarge``, ``FileNotFetched`` and more.
    """
    message = message_of(update)
    meant = _video_of(message) or _video_of(message.reply_to_message)
    if meant is None:
        await context.reply(message, context.t("verify.how"))
        return
    file_id, size_bytes = meant
    most = context.services.settings.footage.max_bytes
    refuse_by_size(context.bot, size_bytes, most, errors.VideoTooLarge)
    context.count_costly(asker_id(message))
    scratch = context.services.settings.scratch_dir
    async with scratch_folder(scratch, f"verify-{update.update_id}") as folder:
        video = await download(context.bot, file_id, folder / "sent", most, errors.VideoTooLarge)
        finding = await context.services.verify(video)
    log.info("update %d: a video is %s", update.update_id, finding.verdict)
    sentences = [_sentence(finding, context), await _for_operators(update, finding, context)]
    await context.reply(message, "\n\n".join(filter(None, sentences)))


def _video_of(message: Message | None) -> tuple[str, int | None] | None:
    """Give file id and size of what moves in a message."""
    if message is None:
        return None
    if file := message.video or message.animation or message.video_note:
        return file.file_id, file.file_size
    document = message.document
    if document is not None and (document.mime_type or "").startswith("video/"):
        return document.file_id, document.file_size
    return None


def _sentence(finding: Finding, context: BotContext) -> str:
    on = finding.made_on.strftime("%d.%m.%Y") if finding.made_on else None
    match finding.verdict:
        case Verdict.INTACT:
            return context.t("verify.intact", date=on or "?")
        case Verdict.ALTERED:
            if on is None:
                return context.t("verify.altered")
            return context.t("verify.altered_dated", date=on)
        case Verdict.UNKNOWN:
            other = finding.signed_by_other
            return context.t("verify.other" if other else "verify.unknown")
        case _:
            assert_never(finding.verdict)


async def _for_operators(update: Update, finding: Finding, context: BotContext) -> str | None:
    """Name job and owner to an operator who asks in private; to nobody else."""
    user, chat = update.effective_user, update.effective_chat
    admins = context.services.settings.access.admins
    if user is None or chat is None or user.id not in admins or chat.type != chat.PRIVATE:
        return None
    if finding.verdict is Verdict.UNKNOWN:
        return None
    job = await context.services.job_of(finding)
    if job is None:
        return context.t("verify.no_job", job=finding.job_id or "?")
    return context.t("verify.job", job=job.id, owner=job.owner)
