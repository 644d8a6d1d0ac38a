"""A Telegram that obeys, for tests without a network: it stands where PTB's HTTP client stands.

Shapes and behaviour of the Bot API are the business of ``tests/botapi``; here only enough is
answered for the bot to go on.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from telegram.request import BaseRequest, RequestData

from tests.members import group, member

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFake_00"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Bolti", "username": "bolti_test_bot"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer with ``ok: false``."""

    status: int
    description: str
    parameters: dict[str, int] = field(default_factory=dict)


Fault = Refusal | Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of the bot."""

    method: str
    values: dict[str, Any]
    files: tuple[str, ...]
    limits: dict[str, Any] = field(default_factory=dict)
    """How long the bot would wait: ``read_timeout``, ``write_timeout``, in seconds."""

    @property
    def text(self) -> str:
        """What the user would read."""
        return str(self.values.get("text") or self.values.get("caption") or "")

    @property
    def buttons(self) -> dict[str, str]:
        """The inline buttons: label to callback_data."""
        rows = self.values.get("reply_markup", {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}


class FakeTelegram(BaseRequest):
    """Records what the bot asks for, and answers; ``fails`` queues what goes wrong."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.waiting: list[dict[str, Any]] = []
        """Updates that getUpdates hands out until they are confirmed."""
        self.photo = b"a photo"
        self.photo_size_bytes: int | None = None
        self.group_admins: set[int] = set()
        self.group_forbids: set[str] = set()
        """What no member of a group may do: ``can_send_videos``."""
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._message_id = 1000

    def fails(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method fail, one fault each."""
        self._faults[method].extend(faults)

    def of(self, *methods: str) -> list[Call]:
        """List the calls of these methods, in order."""
        return [call for call in self.calls if call.method in methods]

    @property
    def texts(self) -> list[str]:
        """The text of every message that was sent."""
        return [call.text for call in self.of("sendMessage")]

    @property
    def toasts(self) -> list[str]:
        """The answers to taps."""
        return [call.text for call in self.of("answerCallbackQuery")]

    @property
    def read_timeout(self) -> float | None:
        """A number, as PTB asks for one."""
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more_timeouts: Any,
    ) -> tuple[int, bytes]:
        """Record the request and answer it."""
        name = "file" if method == "GET" else url.rsplit("/", 1)[1]
        files = request_data.multipart_data if request_data else None
        values = dict(request_data.parameters) if request_data else {}
        self.calls.append(
            Call(method=name, values=values, files=tuple(files or ()), limits=more_timeouts)
        )
        if self._faults[name]:
            fault = self._faults[name].popleft()
            if isinstance(fault, Exception):
                raise fault
            return fault.status, _body(
                ok=False, description=fault.description, parameters=fault.parameters
            )
        if name == "file":
            return 200, self.photo
        return 200, _body(ok=True, result=self._result(name, values))

    def _result(self, name: str, values: dict[str, Any]) -> Any:
        match name:
            case "getMe":
                return BOT
            case "getChatMember":
                return member(values["user_id"], self.group_admins)
            case "getChat":
                return group(values["chat_id"], self.group_forbids)
            case "getUpdates":
                offset = values.get("offset", 0)
                self.waiting = [u for u in self.waiting if u["update_id"] >= offset]
                return self.waiting[:100]
            case "getFile":
                size = self.photo_size_bytes or len(self.photo)
                return {
                    "file_id": values["file_id"],
                    "file_unique_id": "u",
                    "file_size": size,
                    "file_path": "photos/1.jpg",
                }
            case (
                "sendMessage"
                | "editMessageText"
                | "editMessageCaption"
                | "sendVideo"
                | "sendVideoNote"
                | "sendDocument"
                | "sendPhoto"
                | "sendVoice"
            ):
                return self._message(name, values)
            case "copyMessage":
                return {"message_id": 1}
            case _:
                return True

    def _message(self, name: str, values: dict[str, Any]) -> dict[str, Any]:
        self._message_id += 1
        message = {
            "message_id": values.get("message_id", self._message_id),
            "date": 1_700_000_000,
            "chat": {"id": values["chat_id"], "type": "private", "first_name": "A"},
            "from": BOT,
        }
        if name == "sendVoice":
            voice = {"file_id": "V1", "file_unique_id": "v1", "duration": 4}
            return message | {"voice": voice}
        if name == "sendDocument":
            return message | {"document": {"file_id": "D1", "file_unique_id": "d1"}}
        if name == "sendVideoNote":
            note = {"file_id": "N1", "file_unique_id": "n1", "length": 2, "duration": 1}
            return message | {"video_note": note}
        if name != "sendVideo":
            return message | {"text": "…"}
        video = {"file_id": "F1", "file_unique_id": "f1", "width": 2, "height": 2, "duration": 1}
        return message | {"video": video}


def _body(**values: Any) -> bytes:
    return json.dumps({k: v for k, v in values.items() if v not in ({}, None)}).encode()
