"""A button carries an action and an id in 64 bytes, and reads back as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.address import Address, draft_key, drafter, order_id, unpack_address
from bot.menus.keyboards import Action, Tap, unpack

IDS = st.integers(1, 2**52 - 1)
"""Telegram's ids have at most 52 significant bits."""


@given(st.sampled_from(Action), IDS)
def test_a_button_of_a_job_fits_and_reads_back(action: Action, update_id: int) -> None:
    tap = Tap(action=action, target=order_id(update_id))

    packed = tap.pack()

    assert len(packed.encode()) <= 64
    assert unpack(packed) == tap


@given(IDS, st.booleans(), IDS, st.integers(0, 2**31 - 1))
def test_a_button_of_a_draft_fits_and_names_its_person(
    user_id: int, is_group: bool, group_id: int, thread_id: int
) -> None:
    address = Address(chat_id=-group_id if is_group else user_id, thread_id=thread_id or None)
    key = draft_key(address, user_id)

    packed = Tap(action=Action.CANCEL_DRAFT, target=key).pack()

    tap = unpack(packed)
    assert tap is not None
    assert drafter(tap.target) == user_id


@given(st.text(max_size=64))
def test_any_data_is_read_without_an_error(data: str) -> None:
    tap = unpack(data)

    assert tap is None or tap.pack() == data


def test_data_beyond_the_limit_is_refused() -> None:
    with pytest.raises(ValueError):
        Tap(action=Action.SEND_AGAIN, target="क" * 30).pack()


@given(IDS, st.none() | IDS, st.none() | IDS, st.sampled_from(["en", "hi"]))
def test_an_address_reads_back(
    chat_id: int, thread_id: int | None, message_id: int | None, language: str
) -> None:
    address = Address(
        chat_id=chat_id, thread_id=thread_id, message_id=message_id, language=language
    )

    assert unpack_address(address.pack()) == address
