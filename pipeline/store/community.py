"""The rows about the people who use a door: who may, how much, in which groups, by whose leave.

One bundle, because they are opened together and travel together.

Where the next one goes: other rows about people are a field here.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.store.access import Access
from pipeline.store.database import Database
from pipeline.store.groups import Groups
from pipeline.store.moves import Moves
from pipeline.store.questions import Questions
from pipeline.store.quotas import Quotas


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """Everything that is kept about people and groups as users."""

    access: Access
    quotas: Quotas
    groups: Groups
    questions: Questions
    moves: Moves


def open_community(database: Database) -> Community:
    """Stand on an opened database."""
    return Community(
        access=Access(database),
        quotas=Quotas(database),
        groups=Groups(database),
        questions=Questions(database),
        moves=Moves(database),
    )
