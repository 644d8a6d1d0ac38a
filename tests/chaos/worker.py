"""The real worker with quick children: ``python -m tests.chaos.worker``."""

from __future__ import annotations

import asyncio
import logging

from pipeline.bootstrap import ChildModules
from pipeline.cli.service import serve
from pipeline.settings import load_settings

QUICK = ChildModules(studio="tests.chaos.quick_studio", portrait="tests.chaos.quick_portrait")

if __name__ == "__main__":
    logging.basicConfig(level="INFO")
    asyncio.run(serve(load_settings(), QUICK))
