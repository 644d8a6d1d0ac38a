"""Take updates that Telegram sends by itself; answer only when each is kept.

In place of ``bot/updates/intake.py`` where ``telegram.webhook_url`` is set: an HTTP server on a
port of this machine, behind whatever ends TLS for the public address. Telegram sends an update
again until it hears 200, so 200 is said when it is kept and 503 when it is not. The secret
token is made anew at every start and told to Telegram with the address: nobody else can know it.

Not known here: what becomes of an update (``bot/updates/letterbox.py``). The webhook
stays set when the bot stops: what comes meanwhile waits at Telegram; a bot that asks for updates
again takes the webhook away first.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import web
from telegram.error import BadRequest

from bot.context import BotApplication
from bot.updates.intake import until_reached
from bot.updates.lanes import KINDS
from bot.updates.letterbox import MOST_OPEN, Letterbox
from pipeline import errors
from pipeline.settings import TelegramSettings

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header
LARGEST_UPDATE_BYTES = 1 << 20
CONNECTIONS = 40
CLOSE_LIMIT_S = 5.0

log = logging.getLogger(__name__)


class Webhook:
    """The server that Telegram calls."""

    def __init__(
        self, app: BotApplication, settings: TelegramSettings, *, most_open: int = MOST_OPEN
    ) -> None:
        self._app = app
        self._settings = settings
        self._most_open = most_open
        self._secret = secrets.token_urlsafe(32)
        self.port = 0
        """Where it listens; 0 until it does."""
        self._is_told = False

    def trouble(self) -> str:
        """Say why no updates come; empty once Telegram knows where to send them."""
        return "" if self._is_told else "Telegram has not been told where to send updates"

    async def run(self, stop: asyncio.Event) -> None:
        """Take updates until ``stop``; then finish what was begun.

        Raises ``SettingsInvalid`` for an address that Telegram does not take and for a port that
        is taken, ``InvalidToken`` and ``StoreUnavailable``.
        """
        letterbox = Letterbox(self._app, stop, most_open=self._most_open)
        runner = web.AppRunner(
            self._server(letterbox), access_log=None, shutdown_timeout=CLOSE_LIMIT_S
        )
        await runner.setup()
        try:
            await letterbox.open()
            await self._listen(runner)
            pause_s = self._settings.retry_s
            if await until_reached(self._tell_telegram, stop=stop, first_pause_s=pause_s):
                self._is_told = True
                log.info("Telegram sends updates to port %d", self.port)
                await stop.wait()
        finally:
            await runner.cleanup()
            await letterbox.close()

    def _server(self, letterbox: Letterbox) -> web.Application:
        path = urlsplit(self._settings.webhook_url).path or "/"
        server = web.Application(client_max_size=LARGEST_UPDATE_BYTES)

        async def take(request: web.Request) -> web.Response:
            return web.Response(status=await self._take(request, letterbox))

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

    async def _take(self, request: web.Request, letterbox: Letterbox) -> HTTPStatus:
        """Keep an update, and say how that went; what is not kept comes again."""
        told = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(told.encode(), self._secret.encode()):
            return HTTPStatus.FORBIDDEN
        if not letterbox.room.is_set():
            return HTTPStatus.SERVICE_UNAVAILABLE
        try:
            content = json.loads(await request.read())
            return HTTPStatus.OK if await letterbox.take([content]) else HTTPStatus.BAD_REQUEST
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        except errors.StoreError as e:
            log.warning("an update is not taken: %s", e)
            return HTTPStatus.SERVICE_UNAVAILABLE
