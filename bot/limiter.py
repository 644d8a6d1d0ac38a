"""Telegram's limits, obeyed before it has to say so, without letting trifles hold up results.

PTB's limiter counts every call of a group into its twenty a minute, and holds back all requests
while it waits out one 429. Here, chat actions and reactions, which are decoration, and questions
about a group, which write nothing, are counted nowhere; and an edit of a status message is tried
once: its next text comes soon, and a video must not wait behind it. Of a rush few requests set out
at once: thirty at a time, as PTB's limiter has it, kept the event loop busy for 43 ms.

Not known here: what is in a request.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram._utils.types import JSONDict
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter

from pipeline import metrics

PER_S = 30
"""What Telegram takes of a bot."""
AT_ONCE = 5
"""So many need not wait for that pace; then one by one."""
DECORATION = frozenset({"sendChatAction", "setMessageReaction", "answerCallbackQuery"})
"""Never counted, tried once."""
READING = frozenset({"getChat", "getChatMember"})
"""The same: nobody sees them, and whoever asks has an answer for a refusal."""
TRIED_ONCE = frozenset(
    {"editMessageText", "editMessageCaption", "editMessageReplyMarkup", "deleteMessage"}
)
"""Counted, but a 429 is left to whoever asked."""

Result = bool | JSONDict | list[JSONDict]
Request = Callable[..., Coroutine[Any, Any, Result]]


class Limiter(AIORateLimiter):
    """PTB's limiter, with an eye for what matters."""

    def __init__(self, *, max_retries: int) -> None:
        """``max_retries`` is how often a 429 is waited out, for what is not tried once."""
        super().__init__(
            overall_max_rate=AT_ONCE,
            overall_time_period=AT_ONCE / PER_S,
            max_retries=max_retries,
        )

    async def process_request(
        self,
        callback: Request,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Result:
        """Let a request go when its time has come. Raises ``RetryAfter``."""
        callback = _counted(callback)
        if endpoint in DECORATION | READING:
            return await callback(*args, **kwargs)
        if endpoint in TRIED_ONCE:
            chat_id = data.get("chat_id")
            is_group = isinstance(chat_id, int) and chat_id < 0
            return await self._run_request(
                chat=chat_id is not None,
                group=chat_id if is_group and chat_id is not None else False,
                allow_paid_broadcast=False,
                callback=callback,
                args=args,
                kwargs=kwargs,
            )
        return await super().process_request(
            callback, args, kwargs, endpoint, data, rate_limit_args
        )


def _counted(request: Request) -> Request:
    """Count what Telegram refuses; tries that are repeated in silence too."""

    async def asked(*args: Any, **kwargs: Any) -> Result:
        try:
            return await request(*args, **kwargs)
        except TelegramError as e:
            metrics.TELEGRAM_ERRORS.labels(kind=type(e).__name__).inc()
            raise

    return asked
