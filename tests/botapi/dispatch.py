"""From an HTTP request to an answer: token, parameters, faults, the method, the schema.

What each method does stands in ``methods_*.py``; this module only sees to it that a call is
logged, meets its fault, and that neither the request nor the answer leaves the published schema.
"""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Mapping
from typing import Any, assert_never

from aiohttp import web

from tests.botapi import limits, methods_bot, methods_files, methods_messages, schema
from tests.botapi.answers import Answer
from tests.botapi.faults import (
    DoneThenDrop,
    DoneThenHang,
    Drop,
    FaultQueue,
    Hang,
    Refusal,
    RetryAfter,
    ServerError,
)
from tests.botapi.journal import EventKind
from tests.botapi.outbox import Call, logged
from tests.botapi.schema import SchemaViolation
from tests.botapi.state import State
from tests.botapi.wire import ApiError, Ask, read_parameters

ANSWERS: Mapping[str, Answer] = {
    **methods_bot.METHODS,
    **methods_messages.METHODS,
    **methods_files.METHODS,
}
REASONS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


IDLE_DEFAULTS = dict.fromkeys(
    ("sendVideoNote", "editMessageReplyMarkup", "editMessageMedia"),
    frozenset({"unknown field parse_mode"}),
)
"""PTB adds its default here too, where there is nothing to parse. Telegram ignores it."""


class Dispatcher:
    """Serves calls and downloads for one token."""

    def __init__(
        self, state: State, token: str, answers: Mapping[str, Answer] | None = None
    ) -> None:
        self.faults = FaultQueue()
        self.calls: list[Call] = []
        self.closing = asyncio.Event()
        self._state = state
        self._token = token
        self._answers = answers or ANSWERS

    async def serve(self, request: web.Request) -> web.Response:
        """Answer ``/bot<token>/<method>``."""
        try:
            ask = await self._read(request)
        except ApiError as e:
            name = request.match_info["method"]
            now_s = self._state.journal.now_s
            self.calls.append(Call(method=name, at_s=now_s, params={}, error=e, is_over=True))
            return e.response()
        call = logged(ask.method, self._state.journal.now_s, ask.params)
        self.calls.append(call)
        call.fault = self.faults.take(ask.method)
        if call.fault:
            text = f"{ask.method} meets {call.fault}"
            self._state.journal.add(EventKind.NOTE, "test", text=text)
        try:
            response = await self._with_fault(request, ask, call)
        except ApiError as e:
            call.error = e
            response = e.response()
        finally:
            call.is_over = True
            self._state.pulse.beat()
        call.is_answered = not _is_gone(request)
        return response

    async def download(self, request: web.Request) -> web.Response:
        """Answer ``/file/bot<token>/<path>``."""
        stored = self._state.files.at(request.match_info["path"])
        if request.match_info["token"] != self._token:
            return ApiError(401, "Unauthorized").response()
        if stored is None or len(stored.content) > limits.DOWNLOAD_BYTES:
            return ApiError(404, "Not Found").response()
        return web.Response(body=stored.content, content_type="application/octet-stream")

    async def _read(self, request: web.Request) -> Ask:
        if request.match_info["token"] != self._token:
            raise ApiError(401, "Unauthorized")
        method = schema.canonical_name(request.match_info["method"])
        if method is None:
            raise ApiError(404, "Not Found: method not found")
        params = await read_parameters(request, method)
        return Ask(method=method, params=params, is_gone=lambda: _is_gone(request))

    async def _with_fault(self, request: web.Request, ask: Ask, call: Call) -> web.Response:
        match call.fault:
            case None:
                return await self._answer(ask, call)
            case RetryAfter(seconds):
                reason = f"Too Many Requests: retry after {seconds}"
                raise ApiError(429, reason, {"retry_after": seconds})
            case ServerError(code):
                raise ApiError(code, REASONS.get(code, "Internal Server Error"))
            case Refusal(code, description):
                raise ApiError(code, description)
            case Hang(seconds):
                await self._silence(seconds)
                return _cut(request) if _is_gone(request) else await self._answer(ask, call)
            case Drop():
                return _cut(request)
            case DoneThenHang():
                await self._answer(ask, call)
                await self._silence(None)
                return _cut(request)
            case DoneThenDrop():
                await self._answer(ask, call)
                return _cut(request)
            case _:
                assert_never(call.fault)

    async def _answer(self, ask: Ask, call: Call) -> web.Response:
        """Check the request, do what it asks, check the result, and write it."""
        self._check(ask)
        result = await self._result(ask)
        try:
            schema.check_response(ask.method, result)
        except SchemaViolation as e:
            raise self._broken(str(e)) from e
        call.result, call.is_done = json.loads(json.dumps(result)), True
        self._state.pulse.beat()
        return web.json_response({"ok": True, "result": call.result})

    async def _result(self, ask: Ask) -> Any:
        answer = self._answers.get(ask.method)
        if answer is None:
            raise self._broken(f"{ask.method} is published, but the stand-in does not have it")
        try:
            return await answer(self._state, ask)
        except ApiError:
            raise
        except Exception as e:
            raise self._broken(f"{ask.method} broke: {traceback.format_exc()}") from e

    def _check(self, ask: Ask) -> None:
        check = schema.check_request(ask.method, ask.params)
        idle = IDLE_DEFAULTS.get(ask.method, frozenset())
        strange = [what for what in check.unknown if what not in idle]
        self._state.violations.extend(f"{ask.method}: {what}" for what in strange)
        if check.missing:
            raise ApiError(400, f"Bad Request: parameter {check.missing[0]!r} is required")
        if check.invalid:
            wrong = [f"{ask.method}: invalid {what}" for what in check.invalid]
            self._state.violations.extend(wrong)
            raise ApiError(400, f"Bad Request: can't parse {check.invalid[0]}")

    def _broken(self, what: str) -> ApiError:
        """Note a fault of the stand-in itself, and make the loud 500."""
        self._state.violations.append(what)
        return ApiError(500, f"Internal Server Error: {what}")

    async def _silence(self, seconds: float | None) -> None:
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _cut(request: web.Request) -> web.Response:
    """Close the connection under an answer that will not arrive."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
