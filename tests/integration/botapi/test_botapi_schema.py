"""The schema holds: what is not published is neither taken nor given."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from tests.botapi import schema
from tests.botapi.dispatch import ANSWERS, Dispatcher
from tests.botapi.people import Person
from tests.botapi.schema import Json, SchemaViolation
from tests.botapi.server import BotApi

MESSAGE: Json = {
    "message_id": 1,
    "date": 1_700_000_000,
    "chat": {"id": 5, "type": "private", "first_name": "Asha"},
    "from": {"id": 5, "is_bot": False, "first_name": "Asha"},
    "text": "Namaste",
}
VIDEO: Json = {
    "file_id": "a",
    "file_unique_id": "b",
    "width": 64,
    "height": 64,
    "duration": 2,
}


def test_every_method_served_is_published() -> None:
    assert len(schema.methods()) >= 180
    assert {schema.canonical_name(name) for name in ANSWERS} == set(ANSWERS)


def test_a_correct_message_passes() -> None:
    schema.check_response("sendMessage", MESSAGE)
    schema.check_response("sendVideo", {**MESSAGE, "video": VIDEO})
    schema.check_update({"update_id": 7, "message": MESSAGE})


@pytest.mark.parametrize(
    ("method", "result", "named"),
    [
        ("sendMessage", {k: v for k, v in MESSAGE.items() if k != "date"}, "date"),
        ("sendMessage", {**MESSAGE, "txet": "Namaste"}, "txet"),
        ("sendMessage", {**MESSAGE, "from_user": MESSAGE["from"]}, "from_user"),
        ("sendMessage", {**MESSAGE, "message_id": "1"}, "message_id"),
        ("sendMessage", {**MESSAGE, "chat": {**MESSAGE["chat"], "nick": "A"}}, "nick"),
        ("sendVideo", {**MESSAGE, "video": {**VIDEO, "duration": None}}, "duration"),
        ("sendVideo", {**MESSAGE, "video": {k: VIDEO[k] for k in VIDEO if k != "width"}}, "width"),
        ("sendPhoto", {**MESSAGE, "photo": [{**VIDEO, "duration": 1}]}, r"photo\[0\]\.duration"),
        ("getFile", {"file_id": "a", "file_unique_id": "b", "path": "x"}, "path"),
        ("answerCallbackQuery", {"answered": True}, "bool"),
        ("getMyCommands", [{"command": "start", "text": "Start"}], "description"),
        ("getUpdates", [{"update_id": 1, "mesage": MESSAGE}], "mesage"),
        ("getChatMember", {"status": "member"}, "user"),
    ],
)
def test_an_answer_off_the_schema_is_caught(method: str, result: Any, named: str) -> None:
    with pytest.raises(SchemaViolation, match=named):
        schema.check_response(method, result)


@pytest.mark.parametrize(
    ("method", "parameters", "missing", "unknown", "invalid"),
    [
        ("sendMessage", {"chat_id": 5, "text": "hi"}, (), (), 0),
        ("sendMessage", {"chat_id": 5}, ("text",), (), 0),
        ("sendMessage", {"chat_id": 5, "text": "a", "txt": 1}, (), ("unknown field txt",), 0),
        ("sendVideo", {"chat_id": 5, "video": "id", "width": "wide"}, (), (), 1),
        ("setMyCommands", {"commands": [{"command": "a"}]}, (), (), 1),
        (
            "sendMessage",
            {
                "chat_id": 5,
                "text": "a",
                "reply_markup": {"inline_keyboard": [[{"text": "A", "callbackdata": "x"}]]},
            },
            (),
            ("unknown field reply_markup.inline_keyboard[0][0].callbackdata",),
            0,
        ),
    ],
)
def test_a_request_off_the_schema_is_caught(
    method: str, parameters: Json, missing: tuple[str, ...], unknown: tuple[str, ...], invalid: int
) -> None:
    check = schema.check_request(method, parameters)

    assert check.missing == missing
    assert check.unknown == unknown
    assert len(check.invalid) == invalid


async def test_an_unknown_parameter_spoils_the_chat(api: BotApi, asha: Person) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"{api.url}/bot{api.token}/sendMessage",
            data={"chat_id": asha.chat.id, "text": "hi", "parse_mod": "HTML"},
        )

    assert answer.json()["ok"]
    with pytest.raises(AssertionError, match="sendMessage: unknown field parse_mod"):
        api.assert_clean()


async def test_a_missing_parameter_is_a_400(api: BotApi, asha: Person) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"{api.url}/bot{api.token}/sendMessage", json={"chat_id": asha.chat.id}
        )

    assert answer.status_code == 400
    assert "text" in answer.json()["description"]
    api.assert_clean()


async def test_an_answer_off_the_schema_is_a_loud_500(api: BotApi, asha: Person) -> None:
    async def forgetful(state: Any, ask: Any) -> Json:
        return {**MESSAGE, "txet": "x"}

    lying = Dispatcher(api.state, api.token, {"sendMessage": forgetful})
    status = await _ask(lying, api, {"chat_id": asha.chat.id, "text": "x"})

    assert status == 500
    with pytest.raises(AssertionError, match="unknown field txet"):
        api.assert_clean()


async def test_an_update_off_the_schema_is_never_delivered(api: BotApi, asha: Person) -> None:
    with pytest.raises(SchemaViolation, match="mood"):
        api.state.inject("message", {**MESSAGE, "mood": "good"})

    assert api.state.updates.pending == []
    with pytest.raises(AssertionError, match="mood"):
        api.assert_clean()


async def test_a_published_method_that_is_not_served_is_loud(api: BotApi, asha: Person) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"{api.url}/bot{api.token}/sendDice", json={"chat_id": asha.chat.id}
        )

    assert answer.status_code == 500
    with pytest.raises(AssertionError, match="sendDice"):
        api.assert_clean()


async def _ask(dispatcher: Dispatcher, api: BotApi, parameters: Json) -> int:
    """Call sendMessage of another dispatcher, over HTTP."""
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", dispatcher.serve)
    async with TestClient(TestServer(app)) as client:
        answer = await client.post(f"/bot{api.token}/sendMessage", json=parameters)
        return answer.status
