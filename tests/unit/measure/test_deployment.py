"""The arithmetic beside the simulated line."""

import pytest

from tests.measure.deployment import CHAT, DATABASE, STORE, ChatCosts, DatabaseCosts, Load

NOTHING = Load(transactions=0, server_ms=0)


def test_everything_that_is_asked_of_a_database_adds_up() -> None:
    costs = DatabaseCosts(
        bot=Load(transactions=1, server_ms=0.1),
        worker=Load(transactions=10, server_ms=1),
        render=Load(transactions=100, server_ms=10),
        order=Load(transactions=1000, server_ms=100),
        worker_connections=5,
        row_bytes=10,
        keep_rows_days=90,
    )

    load = costs.load(workers=3, rendering=2, orders_per_s=0.5)

    assert load.transactions == pytest.approx(1 + 30 + 200 + 500)
    assert load.server_ms == pytest.approx(0.1 + 3 + 20 + 50)
    assert costs.connections(3) == 20
    assert costs.rows_bytes(1_000) == 900_000


def test_a_bot_carries_what_its_narrowest_part_does() -> None:
    narrow_uploads = ChatCosts(calls_per_order=2, uploads_at_once=1, upload_s=2.0)
    narrow_calls = ChatCosts(calls_per_order=22, uploads_at_once=9, upload_s=1.0)

    assert narrow_uploads.orders_per_s == 0.5
    assert narrow_calls.orders_per_s == 1.0
    assert narrow_calls.bots(2.5) == 3
    assert narrow_calls.bots(0.01) == 1


def test_what_was_measured_is_not_nothing() -> None:
    for load in (DATABASE.bot, DATABASE.worker, DATABASE.render, DATABASE.order):
        assert load.transactions > NOTHING.transactions
        assert load.server_ms > NOTHING.server_ms
    assert CHAT.calls_per_order >= 3  # status, video, the status goes
    assert STORE.order_bytes(10.0) == pytest.approx(STORE.photo_bytes + 600_000)
