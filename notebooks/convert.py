"""Write ``colab.ipynb`` out of ``colab.py``, where it is read, reviewed and linted.

    python notebooks/convert.py

A line ``# %%`` begins a cell of code, ``# %% [markdown]`` one of text, whose lines are comments.
Outputs are never written. A test holds both files in step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SOURCE, NOTEBOOK = HERE / "colab.py", HERE / "colab.ipynb"
MARK = "# %%"
METADATA = {
    "accelerator": "GPU",
    "colab": {"gpuType": "T4", "provenance": []},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell: text, or code."""

    is_text: bool
    source: str


def cells(source: str) -> Iterator[Cell]:
    """Read the cells out of a marked Python file."""
    for part in f"\n{source}".split(f"\n{MARK}")[1:]:
        kind, _, body = part.partition("\n")
        is_text = kind.strip() == "[markdown]"
        lines = body.strip("\n").split("\n")
        if is_text:
            lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
        yield Cell(is_text=is_text, source="\n".join(lines))


def notebook(source: str) -> dict[str, Any]:
    """Build the notebook (nbformat 4.5)."""
    return {
        "cells": [_json(number, cell) for number, cell in enumerate(cells(source), 1)],
        "metadata": METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def text_of(source: str) -> str:
    """Write the notebook down."""
    return json.dumps(notebook(source), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _json(number: int, cell: Cell) -> dict[str, Any]:
    common = {
        "id": f"cell-{number:02d}",
        "metadata": {},
        "source": cell.source.splitlines(keepends=True),
    }
    if cell.is_text:
        return common | {"cell_type": "markdown"}
    return common | {"cell_type": "code", "execution_count": None, "outputs": []}


def main() -> None:
    """Write it beside its source."""
    NOTEBOOK.write_text(text_of(SOURCE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
