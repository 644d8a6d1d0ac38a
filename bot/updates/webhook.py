"""Take updates that Telegram sends by itself; answer only when each is stored.

In place of ``bot/updates/intake.py`` where ``telegram.webhook_url`` is set: an HTTP server on a
port of this machine, behind whatever ends TLS for the public address. Telegram sends an update
again until it hears 200, so 200 is said when it is stored and 503 when it is not. The secret
token is made anew at every start and told to Telegram with the address: nobody else can know it.

Not known here: what an update means. The webhook stays set when the bot stops: what comes
meanwhile waits at Telegram; a bot that asks for updates again takes the webhook away first.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Update
from telegram.error import BadRequest

from bot.context import BotApplication
from bot.updates.intake import until_reached
from bot.updates.lanes import KINDS, Fate, Lanes
from pipeline import errors
from pipeline.settings import TelegramSettings

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header
LARGEST_UPDATE_BYTES = 1 << 20
CONNECTIONS = 40
ANSWER_WITHIN_S = 50.0
"""Telegram gives up after about a minute, and sends the update again."""
CLOSE_LIMIT_S = 5.0

log = logging.getLogger(__name__)


class Webhook:
    """The server that Telegram calls."""

    def __init__(self, app: BotApplication, settings: TelegramSettings) -> None:
        self._app = app
        self._settings = settings
        self._secret = secrets.token_urlsafe(32)
        self._fates: dict[int, asyncio.Future[Fate]] = {}
        self.port = 0
        """Where it listens; 0 until it does."""
        self._is_told = False

    def trouble(self) -> str:
        """Say why no updates come; empty once Telegram knows where to send them."""
        return "" if self._is_told else "Telegram has not been told where to send updates"

    async def run(self, stop: asyncio.Event) -> None:
        """Take updates until ``stop``; then finish what was begun.

        Raises ``SettingsInvalid`` for an address that Telegram does not take and for a port that
        is taken, and ``InvalidToken``.
        """
        lanes = Lanes(self._app, stop)
        runner = web.AppRunner(
            self._server(lanes), access_log=None, shutdown_timeout=CLOSE_LIMIT_S
        )
        await runner.setup()
        try:
            await self._listen(runner)
            pause_s = self._settings.retry_s
            if await until_reached(self._tell_telegram, stop=stop, first_pause_s=pause_s):
                self._is_told = True
                log.info("Telegram sends updates to port %d", self.port)
                await stop.wait()
        finally:
            await lanes.close()  # their answers go out while the server still stands
            await runner.cleanup()

    def _server(self, lanes: Lanes) -> web.Application:
        path = urlsplit(self._settings.webhook_url).path or "/"
        server = web.Application(client_max_size=LARGEST_UPDATE_BYTES)

        async def take(request: web.Request) -> web.Response:
            return web.Response(status=await self._take(request, lanes))

        server.router.add_post(path, take)
        return server

    async def _listen(self, runner: web.AppRunner) -> None:
        settings = self._settings
        site = web.TCPSite(runner, settings.webhook_listen, settings.webhook_port)
        try:
            await site.start()
        except OSError as e:
            raise errors.SettingsInvalid(
                f"telegram.webhook_port: {settings.webhook_listen} port {settings.webhook_port} "
                f"cannot be listened on ({e.strerror}). Choose another, or stop what uses it."
            ) from e
        self.port = int(runner.addresses[0][1])

    async def _tell_telegram(self) -> None:
        """Set the webhook. Raises ``SettingsInvalid`` for an address that is not taken."""
        try:
            await self._app.bot.set_webhook(
                self._settings.webhook_url,
                secret_token=self._secret,
                allowed_updates=KINDS,
                max_connections=CONNECTIONS,
            )
        except BadRequest as e:
            raise errors.SettingsInvalid(
                f"telegram.webhook_url: Telegram does not take this address ({e.message}). It "
                "must be public, begin with https and use port 443, 80, 88 or 8443."
            ) from e

    async def _take(self, request: web.Request, lanes: Lanes) -> HTTPStatus:
        """Put an update in line and wait for its fate."""
        told = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(told.encode(), self._secret.encode()):
            return HTTPStatus.FORBIDDEN
        try:
            update = self._read(json.loads(await request.read()))
        except (ValueError, TypeError, KeyError, AttributeError):
            return HTTPStatus.BAD_REQUEST
        fate = self._fates.get(update.update_id) or self._begin(update, lanes)
        done, _ = await asyncio.wait({fate}, timeout=ANSWER_WITHIN_S)
        if done and fate.result() is Fate.STORED:
            return HTTPStatus.OK
        return HTTPStatus.SERVICE_UNAVAILABLE  # it comes again

    def _read(self, content: Any) -> Update:
        """Raises one of several errors for what is no update."""
        if not isinstance(content["update_id"], int):
            raise TypeError("an update without a number")
        return Update.de_json(content, self._app.bot)

    def _begin(self, update: Update, lanes: Lanes) -> asyncio.Future[Fate]:
        """Line an update up, once, however often it is sent while it waits."""
        fate = self._fates[update.update_id] = lanes.put(update)
        fate.add_done_callback(lambda _: self._fates.pop(update.update_id, None))
        return fate
