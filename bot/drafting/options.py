"""Options that lead a script, for this one video: ``voice=prabhat motion=lively | Good morning.``

They go above what its person chose in /settings and wait in the draft with the words. A voice is
called by its first name, a language by its code. Knows voices and wishes; asks nobody.

Where the next one goes: a name and its values are a line in ``VALUES``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from pipeline import errors
from pipeline.store.preferences import Preferences
from pipeline.types import Motion, Quality, Shape, Voice, VoiceId

if TYPE_CHECKING:
    from pipeline.bootstrap import Services
    from pipeline.store.drafts import Draft

VALUES: Final[Mapping[str, Mapping[str, Any]]] = {
    "motion": {motion.value: motion for motion in Motion},
    "shape": {"photo": Shape.ORIGINAL, "9:16": Shape.TALL, **{s.value: s for s in Shape}},
    "quality": {quality.value: quality for quality in Quality},
    "captions": {"on": True, "off": False},
}
ONE = re.compile(r"([a-z]+)\s*=\s*([^\s|]+)", re.I)
LEADING = re.compile(rf"\s*((?:{ONE.pattern}\s*)+)\|(.*)", re.I | re.S)

_ADAPTER: Final = TypeAdapter(Preferences)


def split(words: str, services: Services) -> tuple[str | None, str]:
    """Give the options that lead the words, as they are stored, and the words without them.

    Raises ``OptionUnknown``.
    """
    leading = LEADING.fullmatch(words)
    if leading is None:
        return None, words
    chosen = dict[str, Any]()
    for name, value in ONE.findall(leading[1]):
        chosen.update(_meant(name.lower(), value.lower(), services))
    return _ADAPTER.dump_json(Preferences(**chosen)).decode(), leading[4].strip()


def preferred(preferences: Preferences, draft: Draft) -> Preferences:
    """Give what somebody prefers for the video of this draft."""
    if draft.options is None:
        return preferences
    led = _ADAPTER.validate_json(draft.options)
    chosen = {field.name: getattr(led, field.name) for field in fields(led)}
    return replace(preferences, **{k: v for k, v in chosen.items() if v is not None})


def _meant(name: str, value: str, services: Services) -> dict[str, Any]:
    if name in ("voice", "lang"):
        found = _voices(name, value, services)
        if found:
            return {"voice": found[0]}
    elif value in VALUES.get(name, {}):
        return {name: VALUES[name][value]}
    raise errors.OptionUnknown(f"{name}={value}")


def _voices(name: str, value: str, services: Services) -> list[VoiceId]:
    """List the voices that are meant, the natural ones first."""

    def is_meant(voice: Voice) -> bool:
        if name == "lang":
            return voice.locale.partition("-")[0] == value
        called = (voice.label, *voice.names.values())
        first = (re.split(r"[\s,(]", name.lower(), maxsplit=1)[0] for name in called)
        return value == voice.id.lower() or value in first

    chain = services.settings.speech.chain
    found = [v for v in services.known_voices.values() if v.provider in chain and is_meant(v)]
    return [v.id for v in sorted(found, key=lambda v: v.quality != "neural")]
