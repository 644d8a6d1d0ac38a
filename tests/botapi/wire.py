"""Requests as they come over HTTP, and errors as they go back.

Parameters arrive in the query, as a form, as multipart or as JSON; here they all become one
``Ask`` of plain values, its uploads as ``Upload``. No behaviour of any method is known here.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiogram.types import InputFile
from aiohttp import web
from aiohttp.web_request import FileField

from tests.botapi import schema
from tests.botapi.schema import Json

if TYPE_CHECKING:
    from aiogram import Bot

ATTACH = "attach://"


class ApiError(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def response(self) -> web.Response:
        """Write it as Telegram does."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return web.json_response(body, status=self.code)


def bad_request(reason: str) -> ApiError:
    """Make the 400 that carries ``reason``."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """Make the 403 that carries ``reason``."""
    return ApiError(403, f"Forbidden: {reason}")


class Upload(InputFile):
    """A file that came with a request."""

    def __init__(self, content: bytes, filename: str, content_type: str) -> None:
        super().__init__(filename=filename)
        self.content = content
        self.name = filename
        self.content_type = content_type

    async def read(self, bot: Bot) -> AsyncGenerator[bytes, None]:
        """Yield the content (what the model's base class asks for)."""
        yield self.content

    @property
    def sha256(self) -> str:
        """The digest of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request: the method as published, and its decoded parameters."""

    method: str
    params: Json
    is_gone: Callable[[], bool] = lambda: False
    """Whether the client has left."""

    def integer(self, name: str, default: int = 0) -> int:
        """Read a number that may have come as text."""
        value = self.params.get(name)
        return default if value in (None, "") else int(value)

    def text(self, name: str) -> str:
        """Read a text; a missing one is empty."""
        return str(self.params.get(name) or "")


async def read_parameters(request: web.Request, method: str) -> Json:
    """Decode the parameters of a request to ``method``, files included.

    Raises ``ApiError`` (413) when the body exceeds what Telegram accepts, 400 when a text says
    ``attach://`` and no such part came.
    """
    fields: Json = dict(request.query)
    try:
        if request.content_type == "application/json":
            return {**fields, **await request.json()}
        body = await request.post()
    except web.HTTPRequestEntityTooLarge as e:
        raise ApiError(413, "Request Entity Too Large") from e
    fields.update(body)
    uploads = {
        name: await asyncio.to_thread(_upload, part)
        for name, part in fields.items()
        if isinstance(part, FileField)
    }
    known = schema.methods()[method.lower()].model_fields
    texts = {n: _decoded(method, n, v) for n, v in fields.items() if n not in uploads}
    attached: set[str] = set()
    params = {name: _with_uploads(value, uploads, attached) for name, value in texts.items()}
    # A part is either a parameter of its own name or referred to from another one.
    loose = {n: u for n, u in uploads.items() if n in known or n not in attached}
    return {**params, **{n: u for n, u in loose.items() if n not in params}}


def _upload(part: FileField) -> Upload:
    return Upload(part.file.read(), part.filename, part.content_type)


def _decoded(method: str, name: str, value: Any) -> Any:
    if not isinstance(value, str) or schema.takes_text(method, name):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _with_uploads(value: Any, uploads: Mapping[str, Upload], attached: set[str]) -> Any:
    """Put the uploaded part wherever a text refers to it."""
    match value:
        case dict():
            return {k: _with_uploads(v, uploads, attached) for k, v in value.items()}
        case list():
            return [_with_uploads(v, uploads, attached) for v in value]
        case str() if value.startswith(ATTACH):
            name = value.removeprefix(ATTACH)
            if name not in uploads:
                raise bad_request("wrong file identifier/HTTP URL specified")
            attached.add(name)
            return uploads[name]
        case _:
            return value
