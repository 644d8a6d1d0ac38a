"""Keys that a deployment makes for itself: once, whole, and for its own user."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.safety.keys import KEY_BYTES, kept_key


def test_all_who_begin_at_once_have_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "some.key"
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: kept_key(path, "Put it back."), range(8)))

    assert [len(key) for key in keys] == [KEY_BYTES]
    assert [file.name for file in path.parent.iterdir()] == ["some.key"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("kept", ["", "00" * 31, "00" * 33, "no key"])
def test_a_key_that_is_not_whole_is_refused_and_left_where_it_is(
    tmp_path: Path, kept: str
) -> None:
    path = tmp_path / "some.key"
    path.write_text(kept)

    with pytest.raises(errors.SettingsInvalid, match=r"some\.key.*Put it back\."):
        kept_key(path, "Put it back.")

    assert path.read_text() == kept
