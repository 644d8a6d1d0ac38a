"""The published shape of the Bot API: what a request, an answer and an update may hold.

The shapes are aiogram's pydantic models (Bot API 10.3), found by reflection, so that the stand-in
cannot answer with a field that only we believe in. Nothing else of aiogram runs here. The module
knows shapes and no behaviour; building all 185 adapters takes seconds, so each is built when first
asked for and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin

from aiogram import methods as published
from aiogram.methods import TelegramMethod
from aiogram.types import Update
from pydantic import BaseModel, TypeAdapter, ValidationError

Json = dict[str, Any]
"""One object as it travels."""


class SchemaViolation(Exception):
    """The stand-in was about to say something that the published schema does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCheck:
    """What is wrong with the parameters of one request."""

    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    invalid: tuple[str, ...]


@cache
def methods() -> Mapping[str, type[TelegramMethod[Any]]]:
    """Map each published method's name, in lower case, to its model."""
    found = (getattr(published, name) for name in published.__all__)
    return {
        model.__api_method__.lower(): model
        for model in found
        if isinstance(model, type)
        and issubclass(model, TelegramMethod)
        and model is not TelegramMethod
    }


def canonical_name(method: str) -> str | None:
    """Spell a method's name as published; ``None`` when there is no such method."""
    model = methods().get(method.lower())
    return model.__api_method__ if model else None


def takes_text(method: str, parameter: str) -> bool:
    """Tell whether a parameter is plain text on the wire, not JSON."""
    field = methods()[method.lower()].model_fields.get(parameter)
    if field is None:
        return False
    options = get_args(field.annotation) if _is_union(field.annotation) else (field.annotation,)
    return str in options


def check_request(method: str, parameters: Json) -> RequestCheck:
    """Compare the decoded parameters of a request with the method's model."""
    model = methods()[method.lower()]
    missing: list[str] = []
    invalid: list[str] = []
    try:
        parsed = model.model_validate(parameters)
    except ValidationError as e:
        unknown = [name for name in parameters if name not in _wire_names(model)]
        for error in e.errors():
            where = error["loc"]
            if error["type"] == "missing" and len(where) == 1:
                missing.append(str(where[0]))
            else:
                invalid.append(f"{'.'.join(map(str, where))}: {error['msg']}")
    else:
        unknown = [text for text, is_type in _strays(parameters, parsed, "") if not is_type]
    return RequestCheck(missing=tuple(missing), unknown=tuple(unknown), invalid=tuple(invalid))


def check_response(method: str, result: Any) -> None:
    """Raise ``SchemaViolation`` unless ``result`` is what the method is published to return."""
    _check(_returning(method.lower()), result, f"the answer to {method}")


def check_update(update: Json) -> None:
    """Raise ``SchemaViolation`` unless ``update`` is an update as published."""
    _check(_update_adapter(), update, "an update")


@cache
def _returning(method: str) -> TypeAdapter[Any]:
    return TypeAdapter(methods()[method].__returning__)


@cache
def _update_adapter() -> TypeAdapter[Update]:
    return TypeAdapter(Update)


def _check(adapter: TypeAdapter[Any], value: Any, what: str) -> None:
    try:
        parsed = adapter.validate_python(value)
    except ValidationError as e:
        reasons = "; ".join(f"{'.'.join(map(str, x['loc']))}: {x['msg']}" for x in e.errors())
        raise SchemaViolation(f"{what} breaks the schema: {reasons}") from e
    strays = [text for text, _ in _strays(value, parsed, "")]
    if strays:
        raise SchemaViolation(f"{what} breaks the schema: {', '.join(strays)}")


def _strays(raw: Any, parsed: Any, path: str) -> Iterator[tuple[str, bool]]:
    """Yield each field that the schema does not know, and (marked True) each coerced scalar.

    pydantic keeps unknown fields and turns "5" into 5 without a word; a client of another
    language would stumble over both.
    """
    if isinstance(parsed, BaseModel):
        if not isinstance(raw, dict):
            return
        names = _wire_names(type(parsed))
        for key, value in raw.items():
            where = f"{path}.{key}" if path else key
            if key in names:
                yield from _strays(value, getattr(parsed, names[key]), where)
            else:
                yield f"unknown field {where}", False
    elif isinstance(raw, list) and isinstance(parsed, list):
        for index, (one, its_parsed) in enumerate(zip(raw, parsed, strict=True)):
            yield from _strays(one, its_parsed, f"{path}[{index}]")
    elif _is_coerced(raw, parsed):
        yield f"{path} is a {type(raw).__name__}, not a {type(parsed).__name__}", True


def _is_coerced(raw: Any, parsed: Any) -> bool:
    """Tell whether a scalar changed its JSON type; a date is an integer on the wire."""
    if isinstance(parsed, bool) or isinstance(raw, bool):
        return type(raw) is not type(parsed)
    if isinstance(parsed, float):
        return not isinstance(raw, int | float)
    if isinstance(parsed, int):
        return not isinstance(raw, int)
    return isinstance(raw, str) != isinstance(parsed, str) and isinstance(raw, str | int)


@cache
def _wire_names(model: type[BaseModel]) -> Mapping[str, str]:
    return {field.alias or name: name for name, field in model.model_fields.items()}


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) is Union or type(annotation).__name__ == "UnionType"
