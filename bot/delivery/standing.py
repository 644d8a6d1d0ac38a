"""Where a job stands, in words: its place, its stage, and the time it may still take.

A percentage is told only where one is measured, a time only where this deployment has measured
how long its videos take. Times are round, so that a status message is not edited for every
second.
"""

from __future__ import annotations

import math
from typing import assert_never

from bot.texts import Texts, short_id
from pipeline.line import Span, Standing
from pipeline.types import JobId, Stage

ROUND_S = 10
"""Below a minute, times are told in steps of so many seconds."""
SURE_WITHIN = 1.5
"""A time is told as a range when its end is so many times its beginning."""


def status_sentence(texts: Texts, language: str, job_id: JobId, standing: Standing) -> str:
    """Say where a job is, as HTML."""
    where = _where(texts, language, short_id(job_id), standing)
    if standing.is_paused and standing.progress.stage is Stage.WAITING:
        return f"{where} {texts.html(language, 'status.paused')}"
    if standing.is_stranded:
        return f"{where} {texts.html(language, 'status.stranded')}"
    if standing.eta is None or standing.progress.stage is Stage.SENDING:
        return where
    return f"{where} · {time_left(texts, language, standing.eta)}"


def time_left(texts: Texts, language: str, eta: Span) -> str:
    """Say how long it may take, as HTML: one number where that is honest, else from and to."""
    low_s, high_s = max(eta.low_s, 1.0), max(eta.high_s, eta.low_s, 1.0)
    if high_s <= 60:
        seconds = math.ceil(high_s / ROUND_S) * ROUND_S
        if seconds < 60:
            return texts.html(language, "time.seconds", seconds=seconds)
    low, high = max(1, round(low_s / 60)), max(1, math.ceil(high_s / 60))
    if low < high and high_s > SURE_WITHIN * low_s:
        return texts.html(language, "time.range", low=str(low), high=str(high))
    return texts.html(language, "time.minutes", minutes=high)


def _where(texts: Texts, language: str, name: str, standing: Standing) -> str:
    progress, position = standing.progress, standing.position
    match progress.stage:
        case Stage.WAITING if position is None:
            return texts.html(language, "status.starting", id=name)
        case Stage.WAITING if position == 1:
            return texts.html(language, "status.next", id=name)
        case Stage.WAITING:
            return texts.html(language, "status.place", id=name, position=position or 0)
        case Stage.SPEAKING:
            return texts.html(language, "status.speaking", id=name)
        case Stage.HEARING:
            return texts.html(language, "status.hearing", id=name)
        case Stage.LOOKING:
            return texts.html(language, "status.looking", id=name)
        case Stage.SYNCING if progress.fraction is None:
            return texts.html(language, "status.syncing", id=name)
        case Stage.SYNCING:
            percent = int(100 * (progress.fraction or 0.0))
            return texts.html(language, "status.syncing_percent", id=name, percent=percent)
        case Stage.SENDING:
            return texts.html(language, "status.sending", id=name)
        case _:
            assert_never(progress.stage)
