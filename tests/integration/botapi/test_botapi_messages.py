"""Texts, edits, keyboards, replies, reactions: as Telegram does them, asked by a real client."""

from __future__ import annotations

import re

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    Message,
    ReplyParameters,
)
from telegram import InlineKeyboardMarkup as Keyboard
from telegram.error import BadRequest, EndPointNotFound, Forbidden, InvalidToken

from tests.botapi.people import Person
from tests.botapi.server import BotApi
from tests.integration.botapi.conftest import client

CANCEL = Keyboard([[InlineKeyboardButton("Cancel", callback_data="c:1")]])


async def test_the_bot_knows_itself(api: BotApi, bot: Bot) -> None:
    me = await bot.get_me()

    assert me.is_bot
    assert me.username == "bolti_test_bot"
    api.assert_clean()


async def test_a_wrong_token_is_refused(api: BotApi) -> None:
    stranger = client(api, "123:wrong")
    await stranger.request.initialize()

    with pytest.raises(InvalidToken):
        await stranger.get_me()

    await stranger.request.shutdown()


async def test_an_unknown_method_is_a_404(api: BotApi, bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendNothing")


async def test_html_becomes_entities(api: BotApi, bot: Bot, asha: Person) -> None:
    text = "😀 <b>Neerja &amp; <i>Prabhat</i></b> speak <code>en-IN</code> &lt;now&gt;"

    sent = await bot.send_message(asha.chat.id, text, parse_mode="HTML")

    assert sent.text == "😀 Neerja & Prabhat speak en-IN <now>"
    assert sent.parse_entities() == {
        sent.entities[0]: "Neerja & Prabhat",
        sent.entities[1]: "Prabhat",
        sent.entities[2]: "en-IN",
    }
    assert [e.type for e in sent.entities] == ["bold", "italic", "code"]
    api.assert_clean()


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>crossed<i></b></i>", "Unmatched end tag"),
        ("ends</b>", "Unexpected end tag"),
        ("<h1>big</h1>", 'Unsupported start tag "h1"'),
        ("1 < 2", "Unsupported start tag"),
    ],
)
async def test_bad_html_is_refused(bot: Bot, asha: Person, html: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){re.escape(reason)}"):
        await bot.send_message(asha.chat.id, html, parse_mode="HTML")

    assert asha.messages() == []


@pytest.mark.parametrize("text", ["", "  \n ", "<b> </b>"])
async def test_an_empty_text_is_refused(bot: Bot, asha: Person, text: str) -> None:
    with pytest.raises(BadRequest, match=r"(?i)message text is empty"):
        await bot.send_message(asha.chat.id, text, parse_mode="HTML")


async def test_a_text_of_4096_characters_is_the_longest(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    await bot.send_message(asha.chat.id, "x" * 4096)
    api.assert_clean()

    with pytest.raises(BadRequest, match=r"(?i)message is too long"):
        await bot.send_message(asha.chat.id, "x" * 4097)

    with pytest.raises(AssertionError, match="beyond a limit: text of 4097"):
        api.assert_clean()


async def test_callback_data_of_64_bytes_is_the_longest(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    longest = Keyboard([[InlineKeyboardButton("A", callback_data="x" * 64)]])
    beyond = Keyboard([[InlineKeyboardButton("A", callback_data="é" * 33)]])
    await bot.send_message(asha.chat.id, "a", reply_markup=longest)

    with pytest.raises(BadRequest, match=r"(?i)BUTTON_DATA_INVALID"):
        await bot.send_message(asha.chat.id, "b", reply_markup=beyond)

    assert [shown.text for shown in asha.messages()] == ["a"]
    assert api.violations == ["sendMessage: beyond a limit: callback_data of 66 bytes"]


async def test_an_edit_shows_the_new_text_and_drops_the_keyboard(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    sent = await bot.send_message(asha.chat.id, "In line", reply_markup=CANCEL)
    first = await asha.sees("In line")

    edited = await bot.edit_message_text("Sending", asha.chat.id, sent.message_id)

    now = await asha.sees("Sending", after=first)
    assert isinstance(edited, Message)
    assert edited.edit_date
    assert (now.message_id, now.labels, now.is_edited) == (sent.message_id, [], True)
    assert first.labels == ["Cancel"]
    api.assert_clean()


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, asha: Person) -> None:
    sent = await bot.send_message(asha.chat.id, "In line", reply_markup=CANCEL)

    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_text("In line", asha.chat.id, sent.message_id, reply_markup=CANCEL)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_reply_markup(asha.chat.id, sent.message_id, reply_markup=CANCEL)


async def test_what_is_not_there_cannot_be_edited_or_deleted(bot: Bot, asha: Person) -> None:
    sent = await bot.send_message(asha.chat.id, "soon gone")
    theirs = await asha.sends_text("mine")
    await bot.delete_message(asha.chat.id, sent.message_id)

    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("x", asha.chat.id, sent.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await bot.delete_message(asha.chat.id, sent.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message can't be edited"):
        await bot.edit_message_text("x", asha.chat.id, theirs.message_id)
    assert [shown.text for shown in asha.messages()] == ["mine"]


async def test_a_reply_needs_its_target_unless_it_may_go_without(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    request = await asha.sends_text("make it speak")
    there = await bot.send_message(
        asha.chat.id, "Done", reply_parameters=ReplyParameters(request.message_id)
    )
    await asha.deletes(request)
    optional = ReplyParameters(request.message_id, allow_sending_without_reply=True)

    without = await bot.send_message(asha.chat.id, "Done", reply_parameters=optional)
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await bot.send_message(
            asha.chat.id, "Done", reply_parameters=ReplyParameters(request.message_id)
        )

    assert there.reply_to_message
    assert there.reply_to_message.text == "make it speak"
    assert without.reply_to_message is None
    api.assert_clean()


async def test_nobody_can_be_written_to_against_their_will(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    stranger = api.user("Noor", is_started=False)
    await asha.blocks_bot()

    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(asha.chat.id, "Hello?")
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(stranger.chat.id, "Hello?")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(42, "Hello?")

    await stranger.sends_text("/start")
    await bot.send_message(stranger.chat.id, "Namaste")
    api.assert_clean()


async def test_a_reaction_stands_alone_and_is_an_allowed_one(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    photo = await asha.sends_text("look")

    await bot.set_message_reaction(asha.chat.id, photo.message_id, "👀")
    await asha.sees_reaction("👀", on=photo)
    await bot.set_message_reaction(asha.chat.id, photo.message_id, "🎉")
    now = await asha.sees_reaction("🎉", on=photo)

    assert now.reactions == ("🎉",)
    api.assert_clean()
    for not_allowed in ("⏳", "✅"):
        with pytest.raises(BadRequest, match=r"(?i)REACTION_INVALID"):
            await bot.set_message_reaction(asha.chat.id, photo.message_id, not_allowed)


async def test_a_tap_is_answered_once(api: BotApi, bot: Bot, asha: Person) -> None:
    await bot.send_message(asha.chat.id, "In line", reply_markup=CANCEL)
    tap = await asha.taps("Cancel")
    with pytest.raises(AssertionError, match=r"tap on \[Cancel\] by Asha was never answered"):
        api.assert_clean()
    (update,) = await bot.get_updates()
    assert update.callback_query
    assert update.callback_query.data == "c:1"

    await bot.answer_callback_query(update.callback_query.id, "Cancelled")

    assert await tap.answered() == "Cancelled"
    api.assert_clean()
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(update.callback_query.id)


async def test_an_old_or_invented_tap_cannot_be_answered(
    api: BotApi, bot: Bot, asha: Person
) -> None:
    await bot.send_message(asha.chat.id, "In line", reply_markup=CANCEL)
    tap = await asha.taps("Cancel")
    tap.grows_old()
    (update,) = await bot.get_updates()
    assert update.callback_query

    for callback_id in (update.callback_query.id, "12345"):
        with pytest.raises(BadRequest, match=r"(?i)query is too old and response timeout expired"):
            await bot.answer_callback_query(callback_id)
    api.assert_clean()


async def test_a_button_that_was_seen_can_be_tapped_after_it_went(bot: Bot, asha: Person) -> None:
    sent = await bot.send_message(asha.chat.id, "In line", reply_markup=CANCEL)
    seen = await asha.sees("In line")
    await bot.edit_message_text("Sending", asha.chat.id, sent.message_id)

    with pytest.raises(AssertionError, match="No button 'Cancel' here"):
        await asha.taps("Cancel")
    await asha.taps("Cancel", on=seen)

    (update,) = await bot.get_updates()
    assert update.callback_query
    assert update.callback_query.data == "c:1"


async def test_commands_are_kept_per_scope_and_language(api: BotApi, bot: Bot) -> None:
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("start", "Start")])
    await bot.set_my_commands([BotCommand("new", "नया")], scope, "hi")

    assert [c.command for c in await bot.get_my_commands()] == ["start"]
    assert api.commands({"type": "all_private_chats"}, "hi")[0]["description"] == "नया"
    await bot.delete_my_commands(scope, "hi")
    assert await bot.get_my_commands(scope, "hi") == ()
    with pytest.raises(BadRequest, match=r"(?i)BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand("Start", "Upper case")])
    api.assert_clean()


async def test_chats_and_members_are_told(api: BotApi, bot: Bot, asha: Person) -> None:
    ravi = api.user("Ravi")
    group = api.supergroup("Family", [asha, ravi])

    chat = await bot.get_chat(group.chat.id)
    member = await bot.get_chat_member(group.chat.id, asha.user["id"])

    assert (chat.type, chat.title) == ("supergroup", "Family")
    assert member.status == "member"
    with pytest.raises(BadRequest, match=r"(?i)user not found"):
        await bot.get_chat_member(group.chat.id, 99)
    await bot.send_chat_action(asha.chat.id, "record_video")
    api.assert_clean()
