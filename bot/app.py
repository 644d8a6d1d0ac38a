"""The Telegram application: how it is built, what goes where, how it starts and ends.

Not known here: what a handler does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import ApplicationBuilder, ContextTypes, Defaults
from telegram.request import BaseRequest

from bot import access
from bot.admin import alerts, broadcast, jobs, panel, people, report_clock, status, upkeep
from bot.commands import publish_admin_commands, publish_commands
from bot.context import BotApplication, BotContext
from bot.costly import Costly
from bot.delivery import Delivery
from bot.duties import Duties, Duty
from bot.errands import Errands
from bot.garbage import collect_when_quiet, leave_the_modules_alone
from bot.groups.rights import GroupRights
from bot.handlers import (
    afterwards,
    albums,
    choices,
    consent,
    conversation,
    edits,
    errors,
    films,
    group_life,
    group_settings,
    long_texts,
    orders,
    permission,
    personal,
    recording_choices,
    recordings,
    report_desk,
    reports,
    rights,
    sample,
    say,
    verify,
    voices,
)
from bot.handlers import settings as settings_menu
from bot.limiter import Limiter
from bot.menus import taps
from bot.texts import Texts
from bot.transport import Transport
from bot.updates.gathering import Gathering
from bot.updates.intake import Intake, until_reached
from bot.updates.turns import Turns
from bot.updates.webhook import Webhook
from pipeline.errors import ExecutorAlreadyRunning
from pipeline.gauges import line_of, readings_of
from pipeline.jobs import Jobs, QueueName
from pipeline.probes import checks_of, open_probes
from pipeline.settings import Settings, TelegramSettings, switch_libraries

if TYPE_CHECKING:
    from pipeline.bootstrap import Services

CLOSE_LIMIT_S = 15.0
"""Longest end of the jobs, beside waiting for uploads."""
CONNECTIONS = 64
"""To Telegram at once."""
QUESTIONS_S = 5.0
BROADCASTS_S = 2.0
ALERTS_S = 30.0
REPORTS_S = 60.0
GARBAGE_S = 60.0
BACKUP_S = 300.0
"""How often it is looked whether a backup is due."""

log = logging.getLogger(__name__)


def build(
    settings: Settings, services: Services, texts: Texts, request: BaseRequest | None = None
) -> BotApplication:
    """Build the application; ``request`` takes the place of the network in tests."""
    switch_libraries()
    telegram = settings.telegram
    builder = (
        ApplicationBuilder()
        .application_class(BotApplication)
        .token(telegram.require_token().get_secret_value())
        .updater(None)
        .base_url(telegram.api_url.rstrip("/") + "/bot")
        .base_file_url(telegram.api_url.rstrip("/") + "/file/bot")
        .rate_limiter(Limiter(max_retries=3))
        .local_mode(telegram.local_files)
        .defaults(
            Defaults(
                parse_mode=ParseMode.HTML,
                allow_sending_without_reply=True,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )
        .context_types(ContextTypes(context=BotContext))
    )
    usual, polls = request, request
    if usual is None or polls is None:
        limit_s = telegram.send_timeout_s
        usual = Transport(connections=CONNECTIONS, upload_limit_s=limit_s)
        polls = Transport(connections=1, upload_limit_s=limit_s)
    builder = builder.request(usual).get_updates_request(polls)
    app = cast(BotApplication, builder.build())
    app.services, app.texts, app.unsettled, app.keeping = services, texts, set(), {}
    app.turns, app.errands, app.rights, app.retried = Turns(), Errands(), GroupRights(), Counter()
    app.costly = Costly(settings.access.costly_per_hour)
    app.voices = services.known_voices
    app.started_at = datetime.now(UTC)
    app.gathering = Gathering(
        app, {albums.ALBUM: albums.settle_album, long_texts.LONG_TEXT: long_texts.settle_text}
    )
    route(app)
    return app


def route(app: BotApplication) -> None:
    """Say who handles what; the first that fits takes the update."""
    access.register(app)  #        the gate, before all others
    status.register(app)  #        /status and /errors of admins
    panel.register(app)  #         the buttons under their /status
    jobs.register(app)  #          /jobs /job /pause /resume /drain /cancel ID /retry of admins
    people.register(app)  #        /ban /unban /allow /quota /invite of admins
    broadcast.register(app)  #     /broadcast of admins
    upkeep.register(app)  #        /stats /maintenance /loglevel of admins
    sample.register(app)  #        the button under /start
    personal.register(app)  #      /start /help /privacy
    verify.register(app)  #        /verify: is this video mine?
    settings_menu.register(app)  # /settings /language
    afterwards.register(app)  #    the buttons under a finished video
    orders.register(app)  #        /status /cancel and the buttons of orders under way
    albums.register(app)  #        several photos sent together
    long_texts.register(app)  #    a text that Telegram cuts into several, or that is too long
    edits.register(app)  #         a message that was changed after it was sent
    films.register(app)  #         a video as the face
    recordings.register(app)  #    voice notes, audio files, the sound of videos
    recording_choices.register(app)  # their buttons
    voices.register(app)  #        /voice: hear the voices, choose one
    choices.register(app)  #       "this face", "yes, make it"
    consent.register(app)  #       /terms; what is agreed to before the first video
    rights.register(app)  #        /mydata /forget
    reports.register(app)  #       /report /optout and the button under every video
    report_desk.register(app)  #   /reports and the operators' decisions
    say.register(app)  #           /say in groups
    permission.register(app)  #    whether somebody's photo may speak
    group_settings.register(app)  # /say_settings
    group_life.register(app)  #    added, moved, /help and /cancel in groups
    conversation.register(app)  #  photos, words, and kinds of messages that are not used yet
    personal.register_last(app)  # commands that there are not
    conversation.register_last(app)  # everything else
    taps.register_last(app)  #     buttons of older days
    errors.register(app)  #        whatever any of them raised


def duties_of(app: BotApplication) -> list[Duty]:
    """Name what is done regularly."""
    services = app.services
    return [
        Duty(
            name="questions",
            act=lambda: permission.end_expired(app.bot, services, app.texts),
            every_s=QUESTIONS_S,
        ),
        Duty(name="broadcasts", act=lambda: broadcast.send_on(app), every_s=BROADCASTS_S),
        Duty(name="backup", act=lambda: back_up(app), every_s=BACKUP_S),
        Duty(name="alerts", act=lambda: alerts.look_and_tell(app), every_s=ALERTS_S),
        Duty(name="reports", act=lambda: report_clock.remind(app), every_s=REPORTS_S),
        Duty(name="garbage", act=lambda: collect_when_quiet(app), every_s=GARBAGE_S),
    ]


async def back_up(app: BotApplication) -> None:
    """Copy the database once an hour, where the operator wants that and the bot can do it."""
    services = app.services
    if services.backups is None or not services.settings.store.backups:
        return
    if made := await services.backups.make_if_due(datetime.now(UTC)):
        log.info("the database is backed up: %s, %d bytes", made.name, made.stat().st_size)


def intake_of(app: BotApplication, telegram: TelegramSettings) -> Intake | Webhook:
    """Choose how updates come: sent by Telegram, or asked for."""
    if telegram.webhook_url:
        return Webhook(app, telegram)
    return Intake(app, poll_timeout_s=telegram.poll_timeout_s, retry_s=telegram.retry_s)


async def run(settings: Settings, services: Services, texts: Texts, stop: asyncio.Event) -> None:
    """Run the bot until ``stop``.

    Raises ``InvalidToken``, ``Conflict``, ``SettingsInvalid`` (all mistakes of the set-up), and
    what the jobs raise at start.
    """
    app = build(settings, services, texts)
    intake = intake_of(app, settings.telegram)

    async def updates() -> str:
        return intake.trouble()

    checks = checks_of(services) | {"telegram": updates}
    figures = [*readings_of(services), *line_of(services)]
    await services.portraits.start()  # loads its models while Telegram is asked who we are
    async with open_probes(settings.health, checks, figures, stop):
        await _serve(app, intake, stop)


async def _serve(app: BotApplication, intake: Intake | Webhook, stop: asyncio.Event) -> None:
    services, texts = app.services, app.texts
    settings, retry_s = services.settings, services.settings.telegram.retry_s
    if not await until_reached(app.initialize, stop=stop, first_pause_s=retry_s):
        return
    try:
        log.info("Telegram answers; this is bot %d", app.bot.id)
        delivery = Delivery(app.bot, services, texts, app.voices)
        await services.jobs.launch(
            listen=(QueueName.ORDERS, *services.render_queues), door=delivery
        )
        await publish_commands(app.bot, texts)
        await publish_admin_commands(
            app.bot, texts, settings.access.admins, services.community.operators
        )
        await app.start()
        await app.gathering.start()
        duties = Duties()
        duties.begin(*duties_of(app))
        losing = asyncio.create_task(_stop_when_lost(services.jobs, stop))
        leave_the_modules_alone()
        try:
            await intake.run(stop)
        finally:
            losing.cancel()
            log.info("stopping: no new orders, uploads may end")
            await app.gathering.close()
            await duties.close()
            await app.errands.close()
            await delivery.drain(settings.telegram.drain_s)
            async with asyncio.timeout(settings.telegram.drain_s + CLOSE_LIMIT_S):
                await services.jobs.close()
            await app.stop()
        if losing.done() and not losing.cancelled():
            raise ExecutorAlreadyRunning(settings.jobs.executor)
    finally:
        await app.shutdown()


async def _stop_when_lost(jobs: Jobs, stop: asyncio.Event) -> None:
    """Stop the bot when another process took its name: two would answer everything twice."""
    await jobs.until_lost()
    stop.set()
