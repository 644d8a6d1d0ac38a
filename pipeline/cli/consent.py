"""Ask once, at this machine, whether whoever runs ``bolti`` has the right to use the photo."""

from __future__ import annotations

import locale
import os
import sys

import click

from pipeline import errors
from pipeline.safety.consent import Consents, declared_consent, load_wordings
from pipeline.settings import Settings
from pipeline.store.consent_file import ConsentFile
from pipeline.types import ConsentId, Owner


async def agreed(settings: Settings, *, by_flag: bool, may_ask: bool) -> ConsentId:
    """Give the consent that counts; ask for it in a terminal, where it may be asked for.

    An answer is kept in the data folder; the flag counts for its own call. Raises
    ``ConsentMissing``, ``StoreUnavailable``.
    """
    if by_flag:
        return declared_consent()
    consents = Consents(ConsentFile(settings.data_dir / "consents.jsonl"), load_wordings())
    owner = Owner(f"local:{os.getuid()}")
    if (consent := await consents.current(owner)) is not None:
        return consent
    wording = consents.wording(_language())
    if not (may_ask and sys.stdin.isatty()):
        raise errors.ConsentMissing
    click.echo(wording.text + "\n", err=True)
    if not click.confirm("I agree", default=False, err=True):
        raise errors.ConsentMissing
    return await consents.agree(owner, wording.version)


def _language() -> str:
    return (locale.getlocale()[0] or "")[:2]
