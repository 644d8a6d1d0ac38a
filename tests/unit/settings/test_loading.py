"""The promises of the settings: one tree, one error, no secret in any text."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import errors
from pipeline.settings import Settings, child_environment, load_settings, read_settings
from pipeline.settings.listing import default_toml, effective, shown

TOKEN = "123456789:" + "aB3_-xyz" * 5


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(errors.SettingsInvalid) as caught:
        read_settings(environ)
    return str(caught.value)


def test_nothing_set_gives_the_defaults() -> None:
    assert read_settings({"PATH": "/bin"}).settings == Settings()


def test_one_override_leaves_its_neighbours_alone(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[speech]\nmax_s = 30\nmax_chars = 500\n")

    settings = read_settings({"BOLTI_CONFIG": str(file), "BOLTI_SPEECH__MAX_S": "20"}).settings

    assert settings.speech.max_s == 20
    assert settings.speech.max_chars == 500
    assert settings.speech.voice == Settings().speech.voice


def test_arguments_beat_environment_beats_secret_files_beats_toml(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[log]\nlevel = 'ERROR'\n[speech]\nmax_s = 1\n")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "speech__max_s").write_text("2\n")
    (secrets / "telegram__token").write_text(TOKEN + "\n")
    environ = {
        "BOLTI_CONFIG": str(file),
        "BOLTI_SECRETS": str(secrets),
        "BOLTI_LOG__LEVEL": "WARNING",
    }

    from_files = read_settings(environ)
    with_all = read_settings(environ | {"BOLTI_SPEECH__MAX_S": "3"}, {"speech.max_s": 4})

    assert from_files.settings.speech.max_s == 2
    assert from_files.settings.telegram.require_token().get_secret_value() == TOKEN
    assert from_files.settings.log.level == "WARNING"
    assert with_all.settings.speech.max_s == 4
    assert with_all.sources["speech.max_s"] == "argument"


def test_every_mistake_is_listed_at_once_with_what_was_probably_meant() -> None:
    text = refusal(
        {
            "BOLTI_SPEACH__MAX_S": "30",
            "BOLTI_LIPSYNC__FPS": "500",
            "BOLTI_MAX_CHARS": "5",
            "BOLTI_CONFIG": "/does/not/exist.toml",
        }
    )

    assert "speach.max_s" in text
    assert "Did you mean 'speech.max_s'?" in text
    assert "lipsync.fps (or BOLTI_LIPSYNC__FPS)" in text
    assert "got '500'" in text
    assert "Did you mean 'speech.max_chars'?" in text
    assert "/does/not/exist.toml" in text


@pytest.mark.parametrize(
    "variable",
    ["BOLTI_TELEGRAM__TOKN", "BOLTI_TELEGRAM__POLL_TIMEOUT_S", "BOLTI_TOKEN", "BOLTI_LOG__LEVEL"],
)
def test_no_message_holds_a_token_wherever_it_was_put(variable: str) -> None:
    assert TOKEN not in refusal({variable: TOKEN})


def test_a_secret_in_toml_is_refused_without_its_value(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"[telegram]\ntoken = '{TOKEN}'\n")

    text = refusal({"BOLTI_CONFIG": str(file)})

    assert "telegram.token is a secret" in text
    assert TOKEN not in text


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "telegram__token").write_bytes(b"\xff\xfe")

    text = refusal({"BOLTI_SECRETS": str(tmp_path)})

    assert f"{tmp_path / 'telegram__token'} cannot be read" in text


def test_a_secret_is_stars_in_repr_and_in_the_listing() -> None:
    loaded = read_settings(
        {
            "BOLTI_TELEGRAM__TOKEN": TOKEN,
            "BOLTI_JOBS__DATABASE": "postgresql://bolti:hunter2@db/bolti",
        }
    )

    listing = effective(loaded)

    assert TOKEN not in repr(loaded)
    assert listing["telegram.token"] == ("**********", "BOLTI_TELEGRAM__TOKEN")
    assert "hunter2" not in listing["jobs.database"][0]


def test_a_missing_token_says_how_to_set_it() -> None:
    with pytest.raises(errors.SettingsInvalid, match="BOLTI_TELEGRAM__TOKEN"):
        Settings().telegram.require_token()


def test_a_list_is_written_as_json() -> None:
    environ = {"BOLTI_SPEECH__CHAIN": '["embedded"]'}

    assert read_settings(environ).settings.speech.chain == ("embedded",)


def test_the_label_cannot_be_set_to_something_that_does_not_name_ai() -> None:
    assert "label.text" in refusal({"BOLTI_LABEL__TEXT": "        "})
    assert "label.text" in refusal({"BOLTI_LABEL__TEXT": "A PAINTING"})


def test_the_default_file_gives_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "default.toml"
    file.write_text(default_toml())

    loaded = read_settings({"BOLTI_CONFIG": str(file)})

    assert loaded.settings == Settings()
    secrets = default_toml().count("only from the environment")  # they stand in no file
    assert secrets > 0
    assert len(loaded.sources) == len(effective(loaded)) - secrets


@given(
    max_s=st.floats(min_value=1, max_value=600),
    level=st.sampled_from(["DEBUG", "INFO", "WARNING", "ERROR"]),
    fps=st.integers(min_value=10, max_value=60),
)
def test_what_is_shown_can_be_read_back(max_s: float, level: str, fps: int) -> None:
    wanted = {"speech.max_s": max_s, "log.level": level, "lipsync.fps": fps}

    loaded = read_settings({}, wanted)
    again = read_settings({}, {k: shown(v).strip('"') for k, v in wanted.items()})

    assert again.settings == loaded.settings


def test_load_settings_reads_the_environment_of_this_process() -> None:
    assert load_settings({"speech.max_s": 12}).speech.max_s == 12


def test_children_take_no_thread_per_processor_and_find_no_opengl() -> None:
    environment = child_environment()
    count = "import numpy, cv2, os; print(len(os.listdir('/proc/self/task')))"

    run = subprocess.run(
        [sys.executable, "-c", count], env=environment, capture_output=True, check=True, timeout=60
    )

    assert int(run.stdout) == 1
    assert Path(environment["__EGL_VENDOR_LIBRARY_FILENAMES"]).read_bytes() == b""
