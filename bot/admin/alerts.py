"""Tells the operators' chat what is wrong: one message each, edited while it lasts and at its end.

A duty looks every half minute. What is wrong is a name and a sentence (``wrongs``); what was said
is a row, so a restart says nothing twice. An incident's first message rings, its edits do not.

Where the next one goes: another check is a function of ``CHECKS``, its sentences in the texts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from telegram.error import BadRequest

from bot.admin import age
from bot.admin.health import Health, is_speech_down, look, tally
from bot.context import BotApplication
from bot.texts import FALLBACK_LANGUAGE, Value
from pipeline.line import LineMode
from pipeline.settings.alerts import AlertSettings
from pipeline.store.incidents import Incident

HOUR = timedelta(hours=1)
FEWEST_FAILURES = 3
FIRST_MINUTES_S = 120.0
"""In these an incident is news, and its message tells no age."""
GB = 1e9

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Something that is wrong now: the keys of its name and of its sentence."""

    name: str
    detail: str
    values: Mapping[str, Value] = field(default_factory=dict)
    ages: Mapping[str, float] = field(default_factory=dict)
    """Values that are spans of time, in seconds."""


async def look_and_tell(app: BotApplication) -> None:
    """Be the duty: compare what is wrong with what was said."""
    settings = app.services.settings.alerts
    if not settings.chat:
        return
    health = await look(app.services)
    now_wrong = {wrong.name: wrong for wrong in wrongs(health, settings)}
    incidents = app.services.community.incidents
    said = await incidents.open()
    for name, wrong in now_wrong.items():
        await _say(app, wrong, said.get(name), health.now)
    for name, incident in said.items():
        if name not in now_wrong:
            await _say_over(app, incident, health.now)
            await incidents.resolve(name)


def wrongs(health: Health, settings: AlertSettings) -> list[Wrong]:
    """List what is wrong."""
    return [wrong for check in CHECKS if (wrong := check(health, settings)) is not None]


def _worker(health: Health, settings: AlertSettings) -> Wrong | None:
    patience = timedelta(seconds=settings.worker_s)
    lost = [
        card.executor
        for card in health.workers
        if not card.is_alive and card.seen_at < health.now - patience
    ]
    return (
        Wrong(name="alert.worker", detail="alert.worker_detail", values={"names": ", ".join(lost)})
        if lost
        else None
    )


def _queue(health: Health, settings: AlertSettings) -> Wrong | None:
    is_held = health.line.mode is LineMode.PAUSED  # then an operator knows
    if is_held or health.oldest_wait_s < 60 * settings.queue_minutes:
        return None
    return Wrong(
        name="alert.queue",
        detail="alert.queue_detail",
        values={"waiting": str(len(health.waiting))},
        ages={"age": health.oldest_wait_s},
    )


def _errors(health: Health, settings: AlertSettings) -> Wrong | None:
    counted = tally([one for one in health.day if one.finished_at > health.now - HOUR])
    together = counted.made + counted.failed
    too_many = 100 * counted.failed > settings.failed_pct * together
    if counted.failed < FEWEST_FAILURES or not too_many:
        return None
    codes = ", ".join(f"{code} {count}" for code, count in counted.errors)
    values = {"failed": str(counted.failed), "all": str(together), "codes": codes}
    return Wrong(name="alert.errors", detail="alert.errors_detail", values=values)


def _disk(health: Health, settings: AlertSettings) -> Wrong | None:
    if health.disk_free_pct >= settings.disk_free_pct:
        return None
    free, pct = health.disk_free_bytes / GB, health.disk_free_pct
    return Wrong(
        name="alert.disk",
        detail="alert.disk_detail",
        values={"free": f"{free:.0f}", "pct": f"{pct:.0f}"},
    )


def _speech(health: Health, settings: AlertSettings) -> Wrong | None:
    if not is_speech_down(health.day, settings.speech_videos):
        return None
    return Wrong(
        name="alert.speech",
        detail="alert.speech_detail",
        values={"count": str(settings.speech_videos)},
    )


CHECKS: tuple[Callable[[Health, AlertSettings], Wrong | None], ...] = (
    _worker,
    _queue,
    _errors,
    _disk,
    _speech,
)


async def _say(app: BotApplication, wrong: Wrong, said: Incident | None, now: datetime) -> None:
    since = said.since if said is not None else now
    text = _text(app, wrong, (now - since).total_seconds())
    if said is not None and said.text == text:
        return
    incident = said or Incident(name=wrong.name, since=since, text="", message_id=None)
    if incident.message_id is None or not await _edit(app, incident.message_id, text):
        message = await app.bot.send_message(app.services.settings.alerts.chat, text)
        incident = replace(incident, message_id=str(message.message_id))
        log.warning("the operators are told: %s", wrong.name)
    await app.services.community.incidents.put(replace(incident, text=text))


async def _say_over(app: BotApplication, incident: Incident, now: datetime) -> None:
    lasted = age(app.texts, FALLBACK_LANGUAGE, (now - incident.since).total_seconds())
    what = app.texts.plain(FALLBACK_LANGUAGE, incident.name)
    text = app.texts.html(FALLBACK_LANGUAGE, "alert.over", what=what, age=lasted)
    if incident.message_id is None or not await _edit(app, incident.message_id, text):
        await app.bot.send_message(app.services.settings.alerts.chat, text)
    log.warning("over: %s", incident.name)


def _text(app: BotApplication, wrong: Wrong, lasted_s: float) -> str:
    """Say what is wrong; how long it has been only once there is something to tell."""
    texts, language = app.texts, FALLBACK_LANGUAGE
    ages = {name: age(texts, language, span) for name, span in wrong.ages.items()}
    what, detail = (
        texts.plain(language, wrong.name),
        texts.plain(language, wrong.detail, **wrong.values, **ages),
    )
    if lasted_s < FIRST_MINUTES_S:
        return texts.html(language, "alert.open", what=what, detail=detail)
    lasted = age(texts, language, lasted_s)
    return texts.html(language, "alert.lasting", what=what, detail=detail, age=lasted)


async def _edit(app: BotApplication, message_id: str, text: str) -> bool:
    """Edit the message of an incident; False when it is no longer there."""
    try:
        await app.bot.edit_message_text(
            text, chat_id=app.services.settings.alerts.chat, message_id=int(message_id)
        )
    except BadRequest as e:
        return "not modified" in e.message.lower()
    return True
