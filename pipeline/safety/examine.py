"""Tell whether a video is ours, by its signature first and by its pictures where that is gone.

Blocking and for strangers' files: it runs in the confined child. Knows signature and mark; knows
no person and no job.
"""

from __future__ import annotations

from datetime import UTC

from pipeline.media.footage import refuse_file
from pipeline.media.glance import glance
from pipeline.safety import provenance
from pipeline.safety.certificate import Trust
from pipeline.safety.provenance import Provenance, Signature
from pipeline.safety.verdict import Finding, Verdict, VerifyOrder
from pipeline.safety.watermark import SQUARE_PX, MarkReader

LOOKS_PER_S = 8
"""The mark is in every frame: more looks make it no clearer than this."""


def examine(order: VerifyOrder) -> Finding:
    """Examine one video; it is only read.

    Raises ``VideoUnreadable``, ``VideoTooLarge``, ``VideoTooSmall`` where neither signature nor
    pictures can be read.
    """
    refuse_file(order.video, order.limits)
    trust = Trust(roots_pem=order.roots_pem, names=frozenset(order.names))
    signed = provenance.read(order.video, trust)
    if signed.signature in (Signature.OURS_INTACT, Signature.OURS_ALTERED):
        return _signed(signed)
    reader = MarkReader(bytes.fromhex(order.mark_key))
    frames = glance(order.video, order.limits, looks_per_s=LOOKS_PER_S, size_px=SQUARE_PX)
    for frame in frames:
        reader.add(frame)
    found = reader.found()
    return Finding(
        verdict=Verdict.ALTERED if found.is_ours else Verdict.UNKNOWN,
        made_on=found.mark.day if found.mark else None,
        mark_tag=found.mark.tag if found.mark else None,
        signed_by_other=signed.signature is Signature.OTHER,
        mark_score=round(found.score, 2),
    )


def _signed(signed: Provenance) -> Finding:
    intact = signed.signature is Signature.OURS_INTACT
    claim = signed.claim
    return Finding(
        verdict=Verdict.INTACT if intact else Verdict.ALTERED,
        made_on=claim.made_at.astimezone(UTC).date() if claim else None,
        engine=claim.engine if claim else None,
        job_id=claim.job_id if claim else None,
    )
