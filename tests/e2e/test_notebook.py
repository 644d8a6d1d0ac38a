"""The notebook: in step with its source, free of outputs, and it runs from top to bottom."""

import ast
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

from pipeline.cli import bolti
from pipeline.media.read import decode_speech, read_frames
from pipeline.settings import child_environment

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "colab.ipynb"
SECTIONS = [
    "Prepare the environment",
    "Upload an image",
    "Script or uploaded audio",
    "Run image to video",
    "See the result",
]


@pytest.fixture(scope="module")
def cells() -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return read


@pytest.fixture(scope="module")
def convert() -> ModuleType:
    spec = importlib.util.spec_from_file_location("convert", ROOT / "notebooks" / "convert.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["convert"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def code_of(cells: list[dict[str, Any]]) -> str:
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def test_the_notebook_is_in_step_with_its_source(convert: ModuleType) -> None:
    source = (ROOT / "notebooks" / "colab.py").read_text(encoding="utf-8")

    written = NOTEBOOK.read_text(encoding="utf-8")

    assert written == convert.text_of(source), "run: python notebooks/convert.py"


def test_it_has_the_sections_that_people_know(cells: list[dict[str, Any]]) -> None:
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    titles = [line[3:] for text in texts for line in text.splitlines() if line.startswith("## ")]

    assert titles == SECTIONS
    assert [cell["cell_type"] for cell in cells] == ["markdown", *["markdown", "code"] * 5]


def test_it_carries_no_output(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


def test_it_is_plain_python(cells: list[dict[str, Any]]) -> None:
    ast.parse(code_of(cells))  # no shell lines, no magic


def test_it_runs_from_top_to_bottom_with_its_defaults(
    cells: list[dict[str, Any]], tmp_path: Path
) -> None:
    script = tmp_path / "cells.py"
    script.write_text(code_of(cells), encoding="utf-8")
    no_gpu = tmp_path / "bin" / "nvidia-smi"
    no_gpu.parent.mkdir()
    no_gpu.write_text("#!/bin/sh\nexit 9\n")
    no_gpu.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    environment = child_environment()
    environment |= {
        "PATH": f"{no_gpu.parent}{os.pathsep}{environment.get('PATH', os.defpath)}",
        "PYTHONPATH": str(ROOT),
        "CUDA_VISIBLE_DEVICES": "",
    }

    ended = subprocess.run(
        [sys.executable, str(script)],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Ready to render." in ended.stdout
    assert f"Image: {sample()}" in ended.stdout
    assert f"Video: {work / 'result.mp4'}" in ended.stdout
    sound = decode_speech((work / "result.mp4").read_bytes())
    assert sum(1 for _ in read_frames(work / "result.mp4")) == pytest.approx(
        sound.duration_s * 25, abs=2
    )
    assert sorted(path.name for path in work.iterdir()) == [
        "data",  # what signs the video, for the next one
        "result.mp4",
        "script.txt",
        "speech.wav",
    ]


def sample() -> Path:
    from pipeline.cli.demo import sample_portrait

    return sample_portrait()


def calls_of_bolti(code: str) -> Iterator[list[str]]:
    """Yield the words of each call of the command that stand in the code; others are ""."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "bolti":
            yield [
                a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else ""
                for a in node.args
            ]


def test_every_command_and_option_that_it_uses_exists(cells: list[dict[str, Any]]) -> None:
    calls = list(calls_of_bolti(code_of(cells)))

    assert sorted(" ".join(words[:2]).strip() for words in calls) == [
        "doctor",
        "models pull",
        "render",
        "say --voice",
    ]
    for words in calls:
        command: click.Command = bolti
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), words.pop(0))
            assert found is not None
            command = found
        known = {option for param in command.params for option in param.opts}
        assert {word for word in words if word.startswith("-") and word != "--"} <= known


def test_every_choice_that_its_forms_offer_exists(cells: list[dict[str, Any]]) -> None:
    from pipeline.latentsync.releases import Release
    from pipeline.speech.voices import embedded_voices
    from pipeline.types import EngineChoice

    offered = dict(choices(code_of(cells)))

    assert set(offered["release"]) == {release.value for release in Release}
    assert set(offered["engine"]) == {choice.value for choice in EngineChoice}
    assert set(offered["voice"]) <= set(embedded_voices())


def choices(code: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the names and choices of the form fields."""
    for line in code.splitlines():
        field, mark, form = line.partition("# @param [")
        if mark:
            yield field.split(" = ")[0], json.loads(f"[{form}")
