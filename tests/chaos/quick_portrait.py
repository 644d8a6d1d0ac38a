"""A portrait child that finds every photo good, at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from pipeline.child import Message, serve
from pipeline.portrait.desk import ORDERS, VERDICTS
from tests.verdicts import make_verdict


def handle(request: Message, say: Callable[[Message], None]) -> Message:
    order = ORDERS.validate_python(request)
    shutil.copyfile(order.source, order.into)
    verdict: Message = VERDICTS.dump_python(make_verdict(), mode="json")
    return verdict


if __name__ == "__main__":
    serve(handle)
