"""Where the values of the settings come from, and one error that lists every mistake.

Precedence: arguments, then the environment (``BOLTI_SPEECH__MAX_S=30``), then secret files (one
value per file, named ``telegram__token``, in the folder that ``BOLTI_SECRETS`` names), then the
TOML file that ``BOLTI_CONFIG`` names, then the defaults. The sources merge deeply: one override
leaves its neighbours alone. A name that no setting has is refused, wherever it stands.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from pipeline import errors
from pipeline.settings.tree import Settings

PREFIX = "BOLTI_"
FILE_NAMES = ("CONFIG", "SECRETS")
HUB = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_VERBOSITY": "error",
    "HF_XET_HIGH_PERFORMANCE": "1",
}
"""How we use the Hugging Face hub: telling nothing, quietly, with all of the line."""
LEAN = {
    "OPENBLAS_NUM_THREADS": "1",
    "__EGL_VENDOR_LIBRARY_FILENAMES": "/dev/null",
}
"""What children do without. NumPy's threads, one for each processor of the machine: our matrices
are small, and in a container with a share of the processors they take turns (16 threads on two:
ten times the time). OpenGL, which MediaPipe starts where it finds a driver, and then computes
without: 48 MB with NVIDIA's."""
TOKEN = re.compile(r"(?:bot)?\d{6,12}:[A-Za-z0-9_-]{30,64}")
GOT_LIMIT_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The settings, and for each dotted name that is not a default, the source of its value."""

    settings: Settings
    sources: Mapping[str, str]


def load_settings(overrides: Mapping[str, object] | None = None) -> Settings:
    """Load the settings of this process; ``overrides`` are arguments by dotted name.

    Raises ``SettingsInvalid`` with every mistake in one text; no text holds a secret's value.
    """
    return load_with_sources(overrides).settings


def load_with_sources(overrides: Mapping[str, object] | None = None) -> Loaded:
    """Load the settings of this process, and tell where each value came from."""
    return read_settings(os.environ, overrides)  # noqa: TID251  the one reader


def child_environment() -> dict[str, str]:
    """Give the environment for child processes: ours, without any setting or secret of Bolti."""
    ours = os.environ.items()  # noqa: TID251  the one reader
    inherited = {name: value for name, value in ours if not name.startswith(PREFIX)}
    # MediaPipe and TensorFlow Lite print banners below these levels.
    quiet = {"GLOG_minloglevel": "2", "TF_CPP_MIN_LOG_LEVEL": "2"}
    offline = {"HF_HUB_OFFLINE": "1"}  # weights are pulled, never fetched
    return inherited | quiet | LEAN | offline | HUB


def switch_libraries() -> None:
    """Set what libraries read from the environment only; done once, before they are imported.

    python-telegram-bot gives periods as integers, with a warning, unless PTB_TIMEDELTA is true.
    """
    os.environ["PTB_TIMEDELTA"] = "true"  # noqa: TID251  the one writer
    os.environ.update(HUB)  # noqa: TID251  the one writer


def read_settings(
    environ: Mapping[str, str], overrides: Mapping[str, object] | None = None
) -> Loaded:
    """Load the settings from the given environment. See ``load_settings``."""
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    mistakes: list[str] = []
    for source, name, value in _everything(environ, overrides or {}, mistakes):
        values[name] = value
        sources[name] = source
    known = dict(_fields(Settings))
    for name in [name for name in values if name not in known]:
        mistakes.append(_unknown(name, sources[name], known))
        del values[name]
    try:
        settings = Settings.model_validate(_nested(values))
    except ValidationError as e:
        mistakes += [_invalid(error, known) for error in e.errors(include_url=False)]
    if mistakes:
        lines = "\n".join(f"  {TOKEN.sub('<redacted>', mistake)}" for mistake in mistakes)
        raise errors.SettingsInvalid(f"The settings cannot be used:\n{lines}")
    return Loaded(settings=settings, sources=sources)


Found = Iterator[tuple[str, str, object]]
"""(source, dotted name, value), the weakest source first."""


def _everything(
    environ: Mapping[str, str], overrides: Mapping[str, object], mistakes: list[str]
) -> Found:
    secret = {name for name, kind in _fields(Settings) if kind is SecretStr}
    if path := environ.get(PREFIX + "CONFIG"):
        for name, value in _toml(Path(path), mistakes):
            if name in secret:
                mistakes.append(f"{name} is a secret: set it in the environment or a secret file.")
            else:
                yield path, name, value
    if folder := environ.get(PREFIX + "SECRETS"):
        for file in sorted(_files(Path(folder), mistakes)):
            try:
                yield str(file), file.name.lower().replace("__", "."), file.read_text().strip()
            except (OSError, UnicodeDecodeError) as e:
                mistakes.append(f"BOLTI_SECRETS: {file} cannot be read ({type(e).__name__}).")
    for variable in sorted(environ):
        short = variable.removeprefix(PREFIX)
        if short != variable and short not in FILE_NAMES:
            name = short.lower().replace("__", ".")
            yield variable, name, _parsed(environ[variable])
    for name, value in overrides.items():
        if value is not None:
            yield "argument", name, value


def _toml(path: Path, mistakes: list[str]) -> Iterator[tuple[str, object]]:
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        mistakes.append(f"BOLTI_CONFIG names {path}, which cannot be read: {e}")
        return
    yield from _flat(tree)


def _flat(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield above + key, value


def _files(folder: Path, mistakes: list[str]) -> list[Path]:
    if not folder.is_dir():
        mistakes.append(f"BOLTI_SECRETS names {folder}, which is no folder.")
        return []
    return [file for file in folder.iterdir() if file.is_file() and file.name[0] != "."]


def _parsed(text: str) -> object:
    if text[:1] == "[":  # a list is written as JSON; all else is left to the field's type
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text


def _nested(flat: Mapping[str, object]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        *sections, last = name.split(".")
        here = tree
        for section in sections:
            here = here.setdefault(section, {})
        here[last] = value
    return tree


def _fields(section: type[BaseModel], above: str = "") -> Iterator[tuple[str, object]]:
    """Yield the dotted name and the type of every setting; of a secret, ``SecretStr``."""
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _fields(kind, f"{above}{name}.")
        else:
            yield above + name, SecretStr if "SecretStr" in str(kind) else kind


def _unknown(name: str, source: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1) or difflib.get_close_matches(
        name.rpartition(".")[2], [k.rpartition(".")[2] for k in known], n=1
    )
    hint = f" Did you mean '{_whole(close[0], known)}'?" if close else ""
    return f"{name} (from {source}): no such setting.{hint}"


def _whole(name: str, known: Mapping[str, object]) -> str:
    return name if name in known else next(k for k in known if k.endswith("." + name))


def _invalid(error: Any, known: Mapping[str, object]) -> str:
    parts = [str(part) for part in error["loc"]]
    while len(parts) > 1 and ".".join(parts) not in known:
        parts.pop()  # the place inside a list is left out: the setting is what one can change
    name = ".".join(parts)
    got = "" if known.get(name) is SecretStr else f", got {error['input']!r:.{GOT_LIMIT_CHARS}}"
    variable = PREFIX + name.upper().replace(".", "__")
    return f"{name} (or {variable}): {error['msg']}{got}"
