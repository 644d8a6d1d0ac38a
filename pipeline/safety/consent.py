"""Who asks for a video has agreed to how it may be used; without that no request can be made.

The wording stands in ``config/consent``, a file per language; its version is a digest of the text,
so that a changed word is a new version. A consent counts while its wording is today's, for three
months (India's rules of February 2026 ask to tell users that often), and until it is taken back.
``ConsentId`` is made here only: whoever holds one got it from ``Consents``, ``sample_consent`` or
``declared_consent``. Where the rows lie, and how a person is asked, is not known here.

Where the next one goes: another language is another file in ``config/consent``.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from pipeline import errors
from pipeline.safety.audit import Audit, Event
from pipeline.types import Consent, ConsentId, Handshake, Owner, Permission

FOLDER = Path(__file__).resolve().parents[2] / "config" / "consent"
FALLBACK_LANGUAGE = "en"
EVERYBODY = Owner("*")
GOOD_FOR = timedelta(days=90)
VERSION_CHARS = 16


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a person agrees to, in one language."""

    language: str
    text: str

    @property
    def version(self) -> str:
        """Name this very text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:VERSION_CHARS]


class ConsentRows(Protocol):
    """Where consents are kept; rows are added and marked, never changed otherwise."""

    async def add(self, consent: Consent, text: str) -> None:
        """Keep a consent, and the text of its wording once."""

    async def newest(self, owner: Owner) -> Consent | None:
        """Return what this person agreed to last, taken back or not."""
        ...

    async def withdraw(self, owner: Owner, at: datetime) -> bool:
        """Mark all that this person agreed to as taken back; False if there was nothing."""
        ...


class HandshakeRows(Protocol):
    """Where the answers of people in photos are kept."""

    async def add(self, handshake: Handshake) -> None:
        """Keep an answer."""

    async def standing(self, subject: Owner, requester: Owner) -> Handshake | None:
        """Return the newest answer that outlives one video: always, or never."""
        ...


class Consents:
    """Tell whether somebody has agreed, and record that they did."""

    def __init__(
        self,
        rows: ConsentRows,
        wordings: Mapping[str, Wording],
        now: Callable[[], datetime] = _now,
        audit: Audit | None = None,
    ) -> None:
        self._rows, self._wordings, self._now, self._audit = rows, wordings, now, audit

    def wording(self, language: str) -> Wording:
        """Give today's wording in a language; in English where there is none."""
        return self._wordings.get(language) or self._wordings[FALLBACK_LANGUAGE]

    async def current(self, owner: Owner) -> ConsentId | None:
        """Give the consent that counts today; None: the person must be asked."""
        consent = await self._rows.newest(owner)
        return ConsentId(consent.id) if consent and self._counts(consent) else None

    async def agreed_at(self, owner: Owner) -> datetime | None:
        """Tell since when the person agrees; None as in ``current``."""
        consent = await self._rows.newest(owner)
        return consent.agreed_at if consent and self._counts(consent) else None

    async def require(self, owner: Owner) -> ConsentId:
        """Give the consent that counts today. Raises ``ConsentMissing``."""
        consent = await self.current(owner)
        if consent is None:
            raise errors.ConsentMissing
        return consent

    async def agree(self, owner: Owner, version: str) -> ConsentId:
        """Record that the person agreed to a wording; doing it twice records it once.

        ``version`` is what was shown, or its beginning. Raises ``WordingChanged`` if none of
        today's wordings has it.
        """
        shown = next((w for w in self._wordings.values() if _is(w, version)), None)
        if shown is None:
            raise errors.WordingChanged
        if (already := await self.current(owner)) is not None:
            return already
        consent = Consent(
            id=f"c-{secrets.token_hex(8)}",
            owner=owner,
            wording=shown.version,
            language=shown.language,
            agreed_at=self._now(),
        )
        await self._rows.add(consent, shown.text)
        if self._audit is not None:
            told = {"wording": shown.version, "language": shown.language}
            await self._audit.record(Event.CONSENT_GIVEN, who=owner, about=consent.id, **told)
        return ConsentId(consent.id)

    async def withdraw(self, owner: Owner) -> bool:
        """Take back what the person agreed to; False if there was nothing."""
        withdrawn = await self._rows.withdraw(owner, self._now())
        if withdrawn and self._audit is not None:
            await self._audit.record(Event.CONSENT_WITHDRAWN, who=owner)
        return withdrawn

    def _counts(self, consent: Consent) -> bool:
        versions = {wording.version for wording in self._wordings.values()}
        is_fresh = consent.agreed_at > self._now() - GOOD_FOR
        return is_fresh and consent.withdrawn_at is None and consent.wording in versions


class Handshakes:
    """What the person in a photo says to somebody else who wants to make it speak."""

    def __init__(self, rows: HandshakeRows, now: Callable[[], datetime] = _now) -> None:
        self._rows, self._now = rows, now

    async def record(
        self, *, subject: Owner, requester: Owner, answer: Permission, about: str
    ) -> Handshake:
        """Record the tap of the person in the photo; ``about`` says what it was asked for."""
        handshake = Handshake(
            id=f"h-{secrets.token_hex(8)}",
            subject=subject,
            requester=requester,
            answer=answer,
            about=about,
            answered_at=self._now(),
        )
        await self._rows.add(handshake)
        return handshake

    async def opt_out(self, subject: Owner) -> None:
        """Record that nobody may make this person's photos speak, whoever asks."""
        await self.record(
            subject=subject, requester=EVERYBODY, answer=Permission.NEVER, about="opt-out"
        )

    async def standing(self, *, subject: Owner, requester: Owner) -> Permission | None:
        """Tell whether the person said always or never to this requester; None: ask."""
        found = await self._rows.standing(subject, requester)
        return found.answer if found else None


def sample_consent() -> ConsentId:
    """Give the consent for the portrait that comes with Bolti: a public-domain photo."""
    return ConsentId("sample")


def declared_consent() -> ConsentId:
    """Give the consent of whoever declares it with each call, as an operator's own script does."""
    return ConsentId("declared")


def load_wordings(folder: Path = FOLDER) -> dict[str, Wording]:
    """Read today's wordings, by language; blocking, done once at start."""
    return {
        path.stem: Wording(language=path.stem, text=path.read_text(encoding="utf-8").strip())
        for path in sorted(folder.glob("*.txt"))
    }


def _is(wording: Wording, version: str) -> bool:
    return len(version) >= VERSION_CHARS // 2 and wording.version.startswith(version)
