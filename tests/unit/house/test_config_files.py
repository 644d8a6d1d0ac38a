"""Files that are generated stay in step with the code that generates them."""

from pathlib import Path

from pipeline.settings.listing import default_toml

ROOT = Path(__file__).parents[3]


def test_config_files_are_in_step() -> None:
    written = (ROOT / "config" / "default.toml").read_text(encoding="utf-8")

    assert written == default_toml(), "run: bolti settings --default > config/default.toml"
