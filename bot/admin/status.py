"""``/status`` for admins: one page of how everything does; ``/errors``: what went wrong.

The admin's own orders come below, as for everybody. Numbers come from ``health.py``; what the
buttons below do stands in ``panel.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from telegram import InlineKeyboardMarkup, Update
from telegram.ext import CommandHandler

from bot.address import owner_of
from bot.admin import admins_only, age, answer, stage_name
from bot.admin.health import Health, Tally, look, speech_health, stood_in, tally
from bot.context import BotApplication, BotContext, sender_of
from bot.handlers.orders import where
from bot.menus.panel import panel_keyboard
from bot.texts import short_id
from pipeline.gpus import Gpu
from pipeline.line import LineMode, WorkerCard
from pipeline.store.vitals import Vitals
from pipeline.version import SHORT, commit, named

GB = 1e9
MB = 1e6
RUNNING_SHOWN = 5
FAULTS_SHOWN = 10
WEEK = timedelta(days=7)
MODES = {
    LineMode.OPEN: "admin.line_open",
    LineMode.PAUSED: "admin.line_paused",
    LineMode.DRAINING: "admin.line_draining",
}


def register(app: BotApplication) -> None:
    """Add the commands."""
    app.add_handler(CommandHandler("status", status, admins_only(app)))
    app.add_handler(CommandHandler("errors", errors, admins_only(app)))


async def status(update: Update, context: BotContext) -> None:
    """Show the page, and the admin's own orders below."""
    await answer(update, context, *await whole_page(sender_of(update).id, context))


async def whole_page(admin_id: int, context: BotContext) -> tuple[str, InlineKeyboardMarkup]:
    """Look at everything, and write the page with its buttons."""
    health = await look(context.services)
    lines = [*await page(health, context), *await _own(admin_id, context)]
    keyboard = panel_keyboard(context.texts, context.language, health.line.mode)
    return "\n".join(lines), keyboard


async def page(health: Health, context: BotContext) -> list[str]:
    """Write the page, a line each, as HTML."""
    up = (health.now - context.app.started_at).total_seconds()
    return [
        context.t("admin.title", version=named(), up=_age(up, context)),
        *await _line(health, context),
        *_workers(health, context),
        *_speech(health, context),
        context.t(
            "admin.disk",
            free=f"{health.disk_free_bytes / GB:.0f}",
            total=f"{health.disk_total_bytes / GB:.0f}",
        ),
        _database(health, context),
        *_day(tally(health.day), health, context),
        *_reports(health, context),
        context.t("admin.people", active=health.people[0], gone=str(health.people[1])),
    ]


async def errors(update: Update, context: BotContext) -> None:
    """Show the failures of a day by their codes, and the last faults by the ids users read."""
    now = datetime.now(UTC)
    ended = await context.services.community.day.ended_since(now - timedelta(hours=24))
    counted = tally(ended, most_errors=FAULTS_SHOWN)
    faults = await context.services.community.incidents.faults_since(now - WEEK, FAULTS_SHOWN)
    if not counted.errors and not faults:
        await answer(update, context, context.t("admin.no_errors"))
        return
    lines = [context.t("admin.errors")] if counted.errors else []
    lines += [
        context.t("admin.error_line", code=code, count=count) for code, count in counted.errors
    ]
    lines += [context.t("admin.faults")] if faults else []
    lines += [
        context.t(
            "admin.fault_line",
            id=fault.incident,
            kind=fault.kind,
            age=_age((now - fault.at).total_seconds(), context),
        )
        for fault in faults
    ]
    await answer(update, context, "\n".join(lines))


async def _line(health: Health, context: BotContext) -> list[str]:
    lines = [
        context.t(MODES[health.line.mode]),
        context.t(
            "admin.queue", running=str(len(health.running)), waiting=str(len(health.waiting))
        ),
    ]
    if health.waiting:
        lines.append(context.t("admin.oldest", age=_age(health.oldest_wait_s, context)))
    return lines + [await where(job, context) for job in health.running[:RUNNING_SHOWN]]


def _workers(health: Health, context: BotContext) -> list[str]:
    if not health.workers:
        return [context.t("admin.no_worker")]
    lines: list[str] = []
    for card in health.workers:
        vitals = health.vitals.get(card.executor, Vitals())
        told = [
            _worker(card, vitals, health, context),
            *_speed_and_disk(card, vitals, health, context),
        ]
        lines.append(" · ".join(told))
        lines += [_gpu(gpu, context) for gpu in vitals.gpus]
    return lines + [
        context.t("admin.pace", engine=engine.value, pace=round(pace.median, 2), count=pace.count)
        for engine, pace in health.paces.items()
    ]


def _worker(card: WorkerCard, vitals: Vitals, health: Health, context: BotContext) -> str:
    engines = ", ".join(lane.value for lane in card.lanes)
    if vitals.model:
        engines += f" ({vitals.model})"
    if not card.is_alive:
        gone = _age((health.now - card.seen_at).total_seconds(), context)
        return context.t("admin.worker_lost", name=card.executor, engines=engines, age=gone)
    # A card is written now and then; whether its job is over is known better.
    if card.job is not None and any(job.id == card.job for job in health.running):
        job = short_id(card.job)
        return context.t("admin.worker_busy", name=card.executor, engines=engines, id=job)
    return context.t("admin.worker_idle", name=card.executor, engines=engines)


def _speed_and_disk(
    card: WorkerCard, vitals: Vitals, health: Health, context: BotContext
) -> list[str]:
    told = []
    if (pace := health.worker_paces.get(card.executor)) is not None:
        told.append(context.t("admin.worker_pace", pace=round(pace.median, 2)))
    if vitals.disk_free_bytes is not None:
        told.append(context.t("admin.worker_disk", free=f"{vitals.disk_free_bytes / GB:.0f}"))
    if vitals.commit and vitals.commit != commit():
        told.append(context.t("admin.worker_version", commit=vitals.commit[:SHORT]))
    return told


def _gpu(gpu: Gpu, context: BotContext) -> str:
    unknown = context.texts.plain(context.language, "admin.unknown")

    def known(value: float | None) -> str:
        return unknown if value is None else f"{value:.0f}"

    used, total = gpu.memory_used_bytes, gpu.memory_total_bytes
    return context.t(
        "admin.gpu",
        index=str(gpu.index),
        name=gpu.name,
        used=known(None if used is None else used / GB),
        total=known(None if total is None else total / GB),
        heat=known(gpu.temperature_c),
        load=known(gpu.load_pct),
    )


def _speech(health: Health, context: BotContext) -> list[str]:
    chain = context.services.settings.speech.chain
    lines = []
    for one in speech_health(health.day, context.app.voices, chain):
        if one.last_spoke_at is None:
            lines.append(context.t("admin.voice_silent", provider=one.provider))
            continue
        past = _age((health.now - one.last_spoke_at).total_seconds(), context)
        lines.append(
            context.t("admin.voice_spoke", provider=one.provider, count=one.spoken, age=past)
        )
    if changed := stood_in(health.day):
        lines.append(context.t("admin.voice_changed", count=changed))
    return lines


def _reports(health: Health, context: BotContext) -> list[str]:
    """Say how many complaints wait, and when the first must be decided."""
    if not health.report_minutes:
        return []
    hours, minutes = divmod(abs(min(health.report_minutes)), 60)
    key = "admin.reports" if min(health.report_minutes) >= 0 else "admin.reports_late"
    count = len(health.report_minutes)
    return [context.t(key, count=count, hours=str(hours), minutes=str(minutes))]


def _database(health: Health, context: BotContext) -> str:
    size = f"{health.database_bytes / MB:.0f}"
    if health.backed_up_at is None:
        return context.t("admin.database_alone", size=size)
    past = _age((health.now - health.backed_up_at).total_seconds(), context)
    return context.t("admin.database", size=size, age=past)


def _day(counted: Tally, health: Health, context: BotContext) -> list[str]:
    if not health.day:
        return [context.t("admin.day_none")]
    lines = [
        context.t(
            "admin.day",
            made=str(counted.made),
            failed=str(counted.failed),
            cancelled=str(counted.cancelled),
            rate=f"{counted.success_pct:.0f}",
        )
    ]
    if counted.made:
        p50, p95 = _age(counted.p50_s, context), _age(counted.p95_s, context)
        lines.append(context.t("admin.took", p50=p50, p95=p95))
    if counted.stages:
        stages = ", ".join(
            f"{stage_name(one.stage, context)} {one.p50_s:.1f}/{one.p95_s:.1f}"
            for one in counted.stages
        )
        lines.append(context.t("admin.stages", stages=stages))
    if counted.errors or health.faults:
        codes = ", ".join(f"{code} {count}" for code, count in counted.errors)
        lines.append(context.t("admin.day_errors", codes=codes or "-", faults=str(health.faults)))
    return lines


async def _own(admin_id: int, context: BotContext) -> list[str]:
    jobs = await context.services.jobs.of_owner(owner_of(admin_id))
    lines = [await where(job, context) for job in jobs]
    return ["", context.t("admin.own"), *lines] if lines else []


def _age(seconds: float, context: BotContext) -> str:
    return age(context.texts, context.language, seconds)
