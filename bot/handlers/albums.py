"""Photos that are sent together: the one with a face is taken; of several, one is chosen.

Each photo is a piece (``bot/updates/gathering.py``) and is looked at once. A photo that comes
late brings the choice up again, with all of them. A caption under any of them is the script.
Never are several videos started by one album.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter
from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.address import Address, address_of, kept_for_draft, unpack_address
from bot.context import BotApplication, BotContext, message_of, sender_of
from bot.drafting.drafts import Sender, face_of, is_undecided, picture_key, take_portrait
from bot.drafting.ordering import go_on
from bot.drafting.placing import is_repeat
from bot.drafting.portraying import SentPicture, looked_at, say_verdict, show_picture, still_in
from bot.drafting.said import has_something_to_say
from bot.drafting.wording import take_caption
from bot.menus import taps
from bot.menus.keyboards import Action, album_keyboard, number_in
from bot.menus.taps import Tapped, sender_of_tap
from bot.updates.gathering import sender_of_batch, untold
from pipeline import errors
from pipeline.scratch import scratch_folder
from pipeline.store.pieces import Piece
from pipeline.types import ArtifactKey, PortraitVerdict

ALBUM = "album"
"""The kind of batch in ``bot/updates/gathering.py``."""
PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
_VERDICT = TypeAdapter(PortraitVerdict)


class InAlbum(filters.MessageFilter):
    """Lets messages through that are part of an album."""

    def filter(self, message: object) -> bool:
        """Look at one message."""
        return getattr(message, "media_group_id", None) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why a photo of an album cannot be used."""

    code: str
    values: dict[str, str | int | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One photo of an album that can be used."""

    number: int
    """Its place in the album, counted from one."""
    piece: Piece
    verdict: PortraitVerdict


def register(app: BotApplication) -> None:
    """Add the handler of albums and the buttons of the choice."""
    pictures = filters.PHOTO | filters.Document.IMAGE
    app.add_handler(MessageHandler(PRIVATE & InAlbum() & pictures, on_album_photo))
    taps.register(app, {Action.PHOTO: on_photo_chosen})


async def on_album_photo(update: Update, context: BotContext) -> None:
    """Keep one photo of an album, until the others are there."""
    message = message_of(update)
    still = still_in(message)
    assert still is not None
    address = address_of(message, context.language)
    sender = Sender(user_id=sender_of(update).id, update_id=update.update_id, address=address)
    content = {
        "file_id": still.file_id,
        "size_bytes": still.size_bytes,
        "caption": message.caption,
    }
    await context.app.gathering.add(
        Piece(
            draft=sender.key,
            batch=f"{ALBUM}:{message.media_group_id}",
            number=update.update_id,
            address=address.pack(),
            content=json.dumps(content),
            arrived_at=datetime.now(UTC),
        ),
        context.sent_at,
    )


async def settle_album(pieces: list[Piece], context: BotContext) -> None:
    """Look at the photos that are new, and take one or ask which."""
    fresh = untold(pieces)
    sender = sender_of_batch(fresh, pieces[0])
    if await is_repeat(context.services, sender):
        return
    looked = [await _look(piece, context) for piece in pieces]
    for piece in fresh:
        await take_caption(json.loads(piece.content)["caption"], sender, context)
    usable = [
        Seen(number=number, piece=piece, verdict=verdict)
        for number, (piece, verdict) in enumerate(zip(pieces, looked, strict=True), start=1)
        if isinstance(verdict, PortraitVerdict)
    ]
    told_before = [seen for seen in usable if seen.piece.told]
    if not usable:
        await _say_none(sender.address, looked, context)
    elif len(usable) == 1 and not told_before:
        is_alone = len(pieces) == 1
        news = "" if is_alone else context.t("album.one", number=str(usable[0].number))
        await _take(sender, usable[0], context, news=news)
    elif len(usable) > len(told_before):
        await _ask_which(sender, usable, pieces, context)


async def on_photo_chosen(tapped: Tapped, context: BotContext) -> None:
    """Let the photo with this number be the face."""
    written, _, album = tapped.target.partition("/")
    sender = sender_of_tap(tapped, context)
    pieces = await context.services.pieces.of(sender.key, f"{ALBUM}:{album}")
    piece = dict(enumerate(pieces, start=1)).get(number_in(written) or 0)
    verdict = None if piece is None or piece.outcome is None else _outcome(piece.outcome)
    if piece is None or not isinstance(verdict, PortraitVerdict):
        await tapped.answer(context.texts.plain(context.language, "tap.old"))
        return
    await tapped.answer()
    chosen = replace(sender, address=unpack_address(piece.address))
    await tapped.settles(context.t("album.chosen", number=written))
    await _take(chosen, Seen(number=int(written), piece=piece, verdict=verdict), context)


async def _look(piece: Piece, context: BotContext) -> PortraitVerdict | Refused:
    """Give what one photo shows, or why it cannot be used; each is looked at once."""
    if piece.outcome is not None:
        return _outcome(piece.outcome)
    content = json.loads(piece.content)
    still = SentPicture(file_id=content["file_id"], size_bytes=content["size_bytes"])
    try:
        async with looked_at(still, piece.number, context) as (verdict, picture):
            await context.services.store.put(picture, _kept(piece))
        outcome = json.dumps({"verdict": _VERDICT.dump_python(verdict, mode="json")})
    except (errors.PortraitError, errors.FileNotFetched) as e:
        outcome = json.dumps({"error": e.code, "values": dict(e.values())})
    await context.services.pieces.settle(piece, outcome)
    return _outcome(outcome)


def _outcome(told: str) -> PortraitVerdict | Refused:
    read = json.loads(told)
    if "verdict" in read:
        return _VERDICT.validate_python(read["verdict"])
    return Refused(code=read["error"], values=read["values"])


async def _say_none(
    address: Address, looked: Sequence[PortraitVerdict | Refused], context: BotContext
) -> None:
    """Say why none will do: the reason of the last one, which is often that of all."""
    refused = looked[-1]
    assert isinstance(refused, Refused)
    reason = context.texts.error(context.language, refused.code, refused.values)
    await context.say(address, f"{context.t('album.none', count=len(looked))} {reason}")


async def _take(sender: Sender, seen: Seen, context: BotContext, *, news: str = "") -> None:
    """Put one photo into the draft and go on; the album's own copy stays for another choice."""
    services = context.services
    key = picture_key(sender.key, sender.update_id)
    await services.store.copy(_kept(seen.piece), key)
    draft = await take_portrait(services, sender, key, **face_of(seen.verdict))
    async with scratch_folder(
        services.settings.scratch_dir, f"album-{sender.update_id}"
    ) as folder:
        picture = await services.store.fetch(key, folder / "portrait.png")
        if news or not has_something_to_say(draft) or is_undecided(draft):
            await say_verdict(sender, seen.verdict, picture, draft, context, news=news)
    await go_on(sender, draft, context, silent=True)


async def _ask_which(
    sender: Sender, usable: Sequence[Seen], pieces: Sequence[Piece], context: BotContext
) -> None:
    pictures: dict[int, Path] = {}
    services = context.services
    async with scratch_folder(
        services.settings.scratch_dir, f"album-{sender.update_id}"
    ) as folder:
        for seen in usable:
            into = folder / f"{seen.number}.png"
            pictures[seen.number] = await services.store.fetch(_kept(seen.piece), into)
        sheet = await services.show_sheet(pictures)
    album = pieces[0].batch.partition(":")[2]
    keyboard = album_keyboard(context.texts, context.language, sender.key, album, sorted(pictures))
    caption = context.t("album.which", count=len(pieces))
    await show_picture(sender, sheet, caption, keyboard, context)


def _kept(piece: Piece) -> ArtifactKey:
    """Name a photo of an album."""
    return kept_for_draft(piece.draft, f"album-{piece.number:012d}.png")
