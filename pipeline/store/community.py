"""The rows about the people who use a door, and about how the service does.

One bundle, because they are opened together and travel together.

Where the next one goes: other rows about people are a field here.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.store.access import Access
from pipeline.store.broadcasts import Broadcasts
from pipeline.store.database import Database
from pipeline.store.day import Day
from pipeline.store.groups import Groups
from pipeline.store.incidents import Incidents
from pipeline.store.moves import Moves
from pipeline.store.operators import Operators
from pipeline.store.people import People
from pipeline.store.questions import Questions
from pipeline.store.quotas import Quotas
from pipeline.store.vitals import VitalRows


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Everything that is kept about people and groups as users."""

    access: Access
    quotas: Quotas
    groups: Groups
    questions: Questions
    moves: Moves
    operators: Operators
    vitals: VitalRows
    people: People
    incidents: Incidents
    day: Day
    broadcasts: Broadcasts


def open_community(database: Database) -> Community:
    """Stand on an opened database."""
    return Community(
        access=Access(database),
        quotas=Quotas(database),
        groups=Groups(database),
        questions=Questions(database),
        moves=Moves(database),
        operators=Operators(database),
        vitals=VitalRows(database),
        people=People(database),
        incidents=Incidents(database),
        day=Day(database),
        broadcasts=Broadcasts(database),
    )
