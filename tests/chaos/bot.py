"""The real bot with quick children: ``python -m tests.chaos.bot``.

Everything is the product's own, from its settings to its signals; only what looks at a photo and
what moves the lips is replaced, so that hundreds of kills end in minutes.
"""

from __future__ import annotations

import asyncio

from bot.__main__ import serve
from pipeline.logs import set_up_logs
from pipeline.settings import load_settings
from tests.chaos.worker import QUICK

if __name__ == "__main__":
    settings = load_settings()
    set_up_logs("INFO", secrets=settings.secrets)
    asyncio.run(serve(settings, QUICK))
