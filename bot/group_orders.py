"""A video as somebody asked for it in a group becomes an order.

The photo goes the way of every photo, through a draft that ends with the order: nothing of a group
waits for the next words.
"""

from __future__ import annotations

from bot.address import owner_of
from bot.context import BotContext
from bot.downloads import download, refuse_by_size
from bot.drafts import Sender, drop_draft, keep_portrait, keep_words, place_order
from bot.reactions import Sign, react
from bot.saying import Asked
from pipeline.scratch import scratch_folder
from pipeline.store.drafts import Draft
from pipeline.types import ConsentId


async def order(asked: Asked, sender: Sender, consent: ConsentId, context: BotContext) -> None:
    """Look at the photo and order the video; the order announces itself.

    The same update again orders nothing twice. Raises ``BoltiError``: of the photo, of the words,
    of the limits.
    """
    services = context.services
    # Of the one who asks, also where somebody else's tap has brought us here.
    preferences = await services.preferences.get(owner_of(sender.user_id))
    draft = await _take_face(asked, sender, context)
    try:
        assert asked.words is not None
        draft = await keep_words(services, sender, asked.words)
        await place_order(services, sender, draft, preferences, consent)
    finally:
        await drop_draft(services, draft.key)
    await react(context.bot, sender.address, Sign.SEEN)


async def _take_face(asked: Asked, sender: Sender, context: BotContext) -> Draft:
    services, settings = context.services, context.services.settings
    assert asked.face is not None
    limit = settings.portrait.max_bytes
    refuse_by_size(context.bot, asked.face.size_bytes, limit)
    async with scratch_folder(settings.scratch_dir, f"intake-{sender.update_id}") as folder:
        source, picture = folder / "sent", folder / "portrait.png"
        await download(context.bot, asked.face.file_id, source, limit)
        verdict = await services.check_portrait(source, picture)
        return await keep_portrait(services, sender, picture, verdict)
