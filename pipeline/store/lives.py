"""How long the rows of each table live, and why: one list of all tables.

A row passes when its time is over, goes with another row, or stays for a reason that is said here.
Who deletes is ``old_rows.py``. The tables of the job engine stand in ``pipeline/jobs/past.py``.

Where the next one goes: a new table is a line here, or a test fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from pipeline.store.access import ENTRIES, INVITATIONS
from pipeline.store.audit import AUDIT
from pipeline.store.blocks import BLOCKED, PRINTS
from pipeline.store.broadcasts import BROADCASTS, TARGETS, BroadcastState
from pipeline.store.consents import CONSENTS, HANDSHAKES, WORDINGS
from pipeline.store.database import UtcTime
from pipeline.store.drafts import DRAFTS
from pipeline.store.groups import GROUPS
from pipeline.store.history import HISTORY
from pipeline.store.inbox import INBOX
from pipeline.store.incidents import FAULTS, INCIDENTS
from pipeline.store.line import LINE
from pipeline.store.operators import OPERATORS
from pipeline.store.order_table import FINAL, ORDERS
from pipeline.store.outbox import OUTBOX
from pipeline.store.paces import PACES
from pipeline.store.people import PEOPLE
from pipeline.store.pieces import PIECES, TOLD
from pipeline.store.preferences import PREFERENCES
from pipeline.store.questions import GRANTS, QUESTIONS
from pipeline.store.quotas import USES
from pipeline.store.reports import REPORTS
from pipeline.store.samples import SAMPLES
from pipeline.store.vitals import VITALS
from pipeline.store.workers import WORKERS
from pipeline.types import Permission

KEEP_ORDERS: Final = timedelta(days=90)
"""The rows of orders hold neither scripts nor pictures."""
KEEP_EVIDENCE: Final = timedelta(days=180)
"""India's rules ask for what was removed to stay on record for half a year."""
KEEP_INCOMING: Final = timedelta(hours=24)
"""As long as Telegram itself keeps what nobody has fetched."""
LONG_AGO: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """A row goes when this much time has passed since a moment that it tells."""

    since: sa.ColumnElement[Any]
    keep: timedelta
    only: tuple[sa.ColumnElement[bool], ...] = ()
    """What must hold as well; any other row stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesWith:
    """A row goes with the row that it names, and before it."""

    owner: sa.Table
    by: tuple[sa.Column[Any], ...]
    """The columns of which one names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """A row stays, or is deleted by whoever wrote it."""

    why: str


Life = Passes | GoesWith | Stays
ENDED: Final = sa.func.coalesce(BROADCASTS.c.changed_at, sa.literal(LONG_AGO, UtcTime()))


def lives(draft: timedelta) -> Mapping[sa.Table, Life]:
    """Say the life of every table, given how long an unfinished request waits."""
    return {
        ORDERS: Passes(
            since=ORDERS.c.finished_at, keep=KEEP_ORDERS, only=(ORDERS.c.state.in_(FINAL),)
        ),
        HISTORY: GoesWith(owner=ORDERS, by=(HISTORY.c.job_id,)),
        OUTBOX: GoesWith(owner=ORDERS, by=(OUTBOX.c.job_id, OUTBOX.c.about)),
        PRINTS: GoesWith(owner=ORDERS, by=(PRINTS.c.job_id,)),
        USES: Passes(since=USES.c.used_at, keep=timedelta(days=3)),
        INBOX: Passes(since=INBOX.c.arrived_at, keep=KEEP_INCOMING),
        DRAFTS: Stays(why="goes with its photo and recording, after store.draft_minutes"),
        PIECES: Passes(since=PIECES.c.arrived_at, keep=draft, only=(TOLD,)),
        QUESTIONS: Passes(since=QUESTIONS.c.expires_at, keep=timedelta(days=1)),
        INVITATIONS: Passes(since=INVITATIONS.c.expires_at, keep=timedelta()),
        BROADCASTS: Passes(
            since=ENDED,
            keep=timedelta(days=30),
            only=(BROADCASTS.c.state != BroadcastState.SENDING.value,),
        ),
        TARGETS: GoesWith(owner=BROADCASTS, by=(TARGETS.c.broadcast,)),
        FAULTS: Passes(since=FAULTS.c.at, keep=timedelta(days=30)),
        WORKERS: Passes(since=WORKERS.c.seen_at, keep=timedelta(days=7)),
        VITALS: Passes(since=VITALS.c.written_at, keep=timedelta(days=7)),
        PEOPLE: Passes(since=PEOPLE.c.seen_at, keep=KEEP_EVIDENCE, only=(PEOPLE.c.is_gone,)),
        REPORTS: Passes(  # the time of one that waits for a decision is empty: it stays
            since=REPORTS.c.decided_at, keep=KEEP_EVIDENCE
        ),
        HANDSHAKES: Passes(
            since=HANDSHAKES.c.answered_at,
            keep=KEEP_EVIDENCE,
            only=(HANDSHAKES.c.answer == Permission.ONCE.value,),
        ),
        CONSENTS: Stays(why="the proof that somebody agreed, until /forget"),
        WORDINGS: Stays(why="what they agreed to, once for each wording"),
        GRANTS: Stays(why="a permission holds until it is taken back, or /forget"),
        PREFERENCES: Stays(why="one for each person who chose something, until /forget"),
        ENTRIES: Stays(why="an operator's decision holds until it is changed"),
        BLOCKED: Stays(why="a blocked photo stays blocked"),
        AUDIT: Stays(why="a chain: whoever takes a row out breaks it; it names nobody"),
        GROUPS: Stays(why="one for each group whose admins made a rule"),
        INCIDENTS: Stays(why="one for each kind of incident, until it is over"),
        PACES: Stays(why="the newest forty of each engine"),
        SAMPLES: Stays(why="one for each voice"),
        OPERATORS: Stays(why="one for each operator in the settings"),
        LINE: Stays(why="one row"),
    }
