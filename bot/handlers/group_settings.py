"""``/say_settings``: a group's admins decide who may use the bot there, and how often.

One message that edits itself; only admins of the group may press its buttons, asked anew at every
tap. A button names the rule and the value it sets, so that of two admins who press at once the
later one wins and nobody's tap is lost.

Where the next one goes: another rule is a member of ``Rule`` and a case in three functions here.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import assert_never

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest
from telegram.ext import MessageHandler

from bot.address import address_of, asker_id, owner_of
from bot.commanding import Said
from bot.context import BotApplication, BotContext, message_of
from bot.groups.members import GROUP, is_group_admin
from bot.menus import taps
from bot.menus.keyboards import Action, Tap, number_in
from bot.menus.taps import Tapped
from pipeline.store.groups import GroupRules, Who

LIMITS = (0, 1, 2, 3, 5, 10, 20, 50)
"""What a limit may be; 0 is none. A tap goes on to the next one."""


WHO_SENTENCES = {Who.EVERYONE: "rules.who_everyone", Who.ADMINS: "rules.who_admins"}
WHO_BUTTONS = {Who.EVERYONE: "rules.button.who_everyone", Who.ADMINS: "rules.button.who_admins"}


class Rule(StrEnum):
    """What can be set."""

    IS_ON = "on"
    WHO = "who"
    PER_MEMBER = "member"
    PER_DAY = "day"


def register(app: BotApplication) -> None:
    """Add the command and its buttons."""
    app.add_handler(MessageHandler(GROUP & Said("say_settings"), on_command))
    taps.register(app, {Action.GROUP_RULE: on_rule})


async def on_command(update: Update, context: BotContext) -> None:
    """Show the rules to an admin."""
    message = message_of(update)
    address = address_of(message, context.language)
    if not await is_group_admin(context.bot, message.chat_id, asker_id(message)):
        await context.say(address, context.t("rules.admins_only"), silent=True)
        return
    rules = await context.services.community.groups.rules(owner_of(message.chat_id))
    await context.say(address, _text(rules, context), _keyboard(rules, context), silent=True)


async def on_rule(tapped: Tapped, context: BotContext) -> None:
    """Set what the button says, and show what holds now."""
    chat_id = tapped.address(context.language).chat_id
    if not await is_group_admin(context.bot, chat_id, tapped.user_id):
        refusal = context.texts.plain(context.language, "rules.admins_only")
        await tapped.answer(refusal, show_alert=True)
        return
    groups, place = context.services.community.groups, owner_of(chat_id)
    rules = _changed(await groups.rules(place), tapped.target)
    if rules is None:
        await tapped.answer(context.texts.plain(context.language, "tap.old"))
        return
    await groups.set_rules(place, rules)
    await tapped.answer(context.texts.plain(context.language, "rules.saved"))
    try:
        await tapped.query.edit_message_text(
            _text(rules, context), reply_markup=_keyboard(rules, context)
        )
    except BadRequest as e:
        if "not modified" not in e.message.lower():
            raise


def _changed(rules: GroupRules, target: str) -> GroupRules | None:
    """Give the rules with one of them set; None for a button that no version of today wrote."""
    name, _, value = target.partition(":")
    if name not in Rule.__members__.values():
        return None
    match Rule(name):
        case Rule.IS_ON if value in {"0", "1"}:
            return replace(rules, is_on=value == "1")
        case Rule.WHO if value in Who.__members__.values():
            return replace(rules, who=Who(value))
        case Rule.PER_MEMBER if (most := number_in(value)) is not None:
            return replace(rules, jobs_per_member=most)
        case Rule.PER_DAY if (most := number_in(value)) is not None:
            return replace(rules, jobs_per_day=most)
        case Rule.IS_ON | Rule.WHO | Rule.PER_MEMBER | Rule.PER_DAY:
            return None
        case never:
            assert_never(never)


def _text(rules: GroupRules, context: BotContext) -> str:
    state = context.t("rules.is_on" if rules.is_on else "rules.is_off")
    lines = [state, context.t(WHO_SENTENCES[rules.who]), _limits(rules, context)]
    return "\n".join([context.t("rules.title"), *lines, "", context.t("rules.how")])


def _limits(rules: GroupRules, context: BotContext) -> str:
    own, all_together = rules.jobs_per_member, rules.jobs_per_day
    member = context.t("rules.member", count=own) if own else context.t("rules.member_no_limit")
    day = (
        context.t("rules.day", count=all_together)
        if all_together
        else context.t("rules.day_no_limit")
    )
    return f"{member}\n{day}"


def _keyboard(rules: GroupRules, context: BotContext) -> InlineKeyboardMarkup:
    other = Who.ADMINS if rules.who is Who.EVERYONE else Who.EVERYONE
    buttons: list[tuple[str, Rule, bool | int | Who]] = [
        ("rules.button.off" if rules.is_on else "rules.button.on", Rule.IS_ON, not rules.is_on),
        (WHO_BUTTONS[other], Rule.WHO, other),
        ("rules.button.member", Rule.PER_MEMBER, _next(rules.jobs_per_member)),
        ("rules.button.day", Rule.PER_DAY, _next(rules.jobs_per_day)),
    ]
    rows = [
        [_button(context.texts.plain(context.language, key), rule, value)]
        for key, rule, value in buttons
    ]
    return InlineKeyboardMarkup(rows)


def _next(limit: int) -> int:
    return next((step for step in LIMITS if step > limit), LIMITS[0])


def _button(label: str, rule: Rule, value: bool | int | Who) -> InlineKeyboardButton:
    written = value.value if isinstance(value, Who) else int(value)
    tap = Tap(action=Action.GROUP_RULE, target=f"{rule}:{written}")
    return InlineKeyboardButton(label, callback_data=tap.pack())
