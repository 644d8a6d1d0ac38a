"""How a request of the bot gets to Telegram and its answer back: HTTP by aiohttp.

PTB's own way is httpx, whose pool looks at every idle connection before and after each request: in
a rush that took most of the event loop's time (``tests/bench/chat_load.py`` has the figures).

The errors are PTB's; ``has_left`` tells by their cause whether a request can have reached
Telegram. Not known here: what is asked for.
"""

from __future__ import annotations

import asyncio
import io
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_LIMIT_S = 10.0
"""To get a connection: a free one, or one more."""
ANSWER_LIMIT_S = 20.0

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


def has_left(error: TelegramError) -> bool:
    """Tell whether a failed request can have reached Telegram all the same."""
    return not isinstance(error.__cause__, NEVER_LEFT)


class Transport(BaseRequest):
    """Requests over a pool of kept connections."""

    def __init__(self, *, connections: int, upload_limit_s: float) -> None:
        """``upload_limit_s`` is for sending the body of one request that carries files."""
        self._connections = connections
        self._upload_limit_s = upload_limit_s
        self._session: aiohttp.ClientSession | None = None
        self._headers = {"User-Agent": self.USER_AGENT}
        self._proxies: dict[str, str | None] = {}
        """The way to each server that was asked: there are one or two."""

    @property
    def read_timeout(self) -> float | None:
        """How long an answer may take, where a request says nothing else."""
        return ANSWER_LIMIT_S

    async def initialize(self) -> None:
        """Open the pool; safe to repeat."""
        if self._session is None:
            # The same authorities, proxies and variables as PTB's own way. The session does not
            # look for proxies itself: it would, at each request, in a thread that others may use.
            trusted = await asyncio.to_thread(httpx.create_ssl_context)
            connector = aiohttp.TCPConnector(limit=self._connections, ssl=trusted)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close the pool; safe to repeat."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Ask, and give the status and the body. Raises ``TimedOut``, ``NetworkError``."""
        assert self._session is not None, "initialize() comes first"
        has_files = request_data is not None and request_data.contains_files
        body = _body(request_data)
        usual_s = self._upload_limit_s if has_files else ANSWER_LIMIT_S
        read_s, write_s = _seconds(read_timeout, ANSWER_LIMIT_S), _seconds(write_timeout, usual_s)
        limits = aiohttp.ClientTimeout(connect=CONNECT_LIMIT_S, sock_read=read_s)
        try:
            async with (
                asyncio.timeout(CONNECT_LIMIT_S + write_s + read_s),
                self._session.request(
                    method,
                    url,
                    proxy=self._proxy_to(url),
                    data=body,
                    headers=self._headers | (FORM if isinstance(body, bytes) else {}),
                    timeout=limits,
                    allow_redirects=False,
                ) as answer,
            ):
                return answer.status, await answer.read()
        except TimeoutError as e:  # aiohttp's are some of these
            raise TimedOut from e
        except (aiohttp.ClientError, OSError) as e:
            raise NetworkError(type(e).__name__) from e

    def _proxy_to(self, url: str) -> str | None:
        server = urlsplit(url)
        if server.netloc not in self._proxies:
            is_direct = proxy_bypass(server.hostname or "")
            self._proxies[server.netloc] = None if is_direct else getproxies().get(server.scheme)
        return self._proxies[server.netloc]


def _seconds(given: ODVInput[float], usual_s: float) -> float:
    return usual_s if given is None or isinstance(given, DefaultValue) else float(given)


def _body(data: RequestData | None) -> Any:
    """Write the parameters as a form; files go as parts of it."""
    if data is None:
        return None
    if not data.contains_files:
        # By hand: aiohttp's form makes ready for files first, at every request.
        return urlencode(data.json_parameters).encode()
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        whole = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, whole, filename=filename, content_type=kind)
    return form
