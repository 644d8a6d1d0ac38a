"""What the invisible mark says survives the way there and back, and nothing else is believed."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.safety.mark import BITS, mark_id, read_mark, tag_of
from pipeline.types import JobId

KEY = bytes(range(32))
JOB = JobId("tg-000000000042")


@given(days=st.integers(0, 4000), number=st.integers(0, 10**12))
def test_day_and_job_are_read_back(days: int, number: int) -> None:
    day, job = date(2026, 1, 1) + timedelta(days=days), JobId(f"tg-{number:012}")
    made_at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)

    mark = read_mark(mark_id(KEY, job, made_at))

    assert mark is not None
    assert (mark.day, mark.tag) == (day, tag_of(KEY, job))


def test_one_wrong_bit_is_never_believed() -> None:
    written = mark_id(KEY, JOB, datetime(2026, 11, 22, tzinfo=UTC))

    assert [bit for bit in range(BITS) if read_mark(written ^ (1 << bit)) is not None] == []


def test_who_has_no_key_learns_nothing_of_the_job() -> None:
    others = {tag_of(bytes([number]) * 32, JOB) for number in range(20)}

    assert len(others) > 15
