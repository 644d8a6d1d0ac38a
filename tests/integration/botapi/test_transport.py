"""The bot's own HTTP: what a request carries, and what each way of failing tells."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import BadRequest, NetworkError, TimedOut

from bot.transport import Transport, has_left

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFake_00"
MESSAGE = {"message_id": 1, "date": 1_700_000_000, "chat": {"id": 5, "type": "private"}}
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def telegram(answer: Answer, *, connections: int = 4) -> AsyncIterator[Bot]:
    """Let a server answer every request, and give a bot that asks it."""
    server = web.Application(client_max_size=8 << 20)
    server.router.add_route("*", "/{any:.*}", answer)
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    transport = Transport(connections=connections, upload_limit_s=5)
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/bot"
    bot = Bot(TOKEN, base_url=url, request=transport)
    await transport.initialize()
    try:
        yield bot
    finally:
        await transport.shutdown()
        await transport.shutdown()  # safe to repeat
        await runner.cleanup()


async def test_parameters_go_as_a_form_and_the_answer_comes_back() -> None:
    heard: dict[str, str] = {}

    async def answer(request: web.Request) -> web.Response:
        heard.update({key: str(value) for key, value in (await request.post()).items()})
        return web.json_response({"ok": True, "result": MESSAGE})

    async with telegram(answer) as bot:
        message = await bot.send_message(5, "नमस्ते & good morning", disable_notification=True)

    assert message.message_id == 1
    assert heard["text"] == "नमस्ते & good morning"
    assert json.loads(heard["disable_notification"]) is True


async def test_the_proxy_that_the_environment_names_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.host)
        return web.json_response({"ok": True, "result": MESSAGE})

    for name in ("http_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    async with telegram(answer) as bot:
        monkeypatch.setenv("http_proxy", bot.base_url.partition("/bot")[0])
        far = Bot(TOKEN, base_url="http://telegram.invalid/bot", request=bot.request)
        await far.send_message(5, "by a proxy")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        await bot.send_message(5, "directly")

    assert asked[0] == "telegram.invalid"
    assert asked[1].startswith("127.0.0.1")


async def test_a_file_goes_as_a_part_of_the_form() -> None:
    heard: dict[str, object] = {}

    async def answer(request: web.Request) -> web.Response:
        for key, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                heard[key] = (value.filename, value.file.read())
            else:
                heard[key] = value
        return web.json_response({"ok": True, "result": MESSAGE})

    async with telegram(answer) as bot:
        whole = bytes(3_000_000)
        await bot.send_document(5, InputFile(whole, filename="a b.mp4"), caption="words")

    (sent,) = [value for value in heard.values() if isinstance(value, tuple)]
    assert sent == ("a b.mp4", whole)
    assert heard["caption"] == "words"


async def test_a_refusal_is_a_refusal() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(
            {"ok": False, "error_code": 400, "description": "Bad Request: no"}, status=400
        )

    async with telegram(answer) as bot:
        with pytest.raises(BadRequest):
            await bot.send_message(5, "words")


async def test_an_answer_that_does_not_come_may_have_been_done() -> None:
    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        raise AssertionError("nobody waits so long")

    async with telegram(answer) as bot:
        with pytest.raises(TimedOut) as caught:
            await bot.send_message(5, "words", read_timeout=0.05)

    assert has_left(caught.value)


async def test_a_connection_that_breaks_may_have_been_enough() -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        raise AssertionError("the connection is gone")

    async with telegram(answer) as bot:
        with pytest.raises(NetworkError) as caught:
            await bot.send_message(5, "words")

    assert has_left(caught.value)
    assert TOKEN not in str(caught.value)


async def test_without_a_connection_nothing_has_left() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        bot = Bot(
            TOKEN,
            base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}/bot",
            request=(transport := Transport(connections=1, upload_limit_s=5)),
        )
        await transport.initialize()
        with pytest.raises(NetworkError) as caught:
            await bot.send_message(5, "words")
        await transport.shutdown()

    assert not has_left(caught.value)


async def test_a_redirection_is_not_followed() -> None:
    async def answer(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/elsewhere")

    async with telegram(answer) as bot:
        with pytest.raises(NetworkError):
            await bot.send_message(5, "words")
