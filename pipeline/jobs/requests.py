"""What was asked for, as a stored JSON artifact: only ids travel through the queue.

Where the next one goes: another form of request is another type in ``pipeline/types/asked.py``.
"""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter

from pipeline.jobs.ports import Requests
from pipeline.types import ArtifactKey, JobId, RenderRequest

_REQUEST: Final = TypeAdapter(RenderRequest)


def request_key(id: JobId) -> ArtifactKey:
    """Name the artifact that holds what was asked for."""
    return ArtifactKey(f"jobs/{id}/request.json")


def dump(request: RenderRequest) -> bytes:
    """Turn a request into JSON."""
    return _REQUEST.dump_json(request)


def load(data: bytes) -> RenderRequest:
    """Read a request again."""
    return _REQUEST.validate_json(data)


async def read(store: Requests, id: JobId) -> RenderRequest:
    """Fetch what was asked for. Raises ``ArtifactMissing``, ``StoreUnavailable``."""
    return load(await store.read(request_key(id)))
