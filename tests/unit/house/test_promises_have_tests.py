"""Each promise in the README and each threat that we know names a test, and the test is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TABLES = {
    "README.md": "## What we promise, and the test that shows it",
    "tests/hostile/README.md": "## Threats",
}
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def promises(file: str) -> list[tuple[str, str]]:
    """Give the first and the last column of a table."""
    table = (ROOT / file).read_text(encoding="utf-8").partition(TABLES[file])[2]
    lines = table.partition("\n## ")[0].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return [(row[0], row[-1]) for row in rows[1:]]


@pytest.mark.parametrize("file", TABLES)
def test_there_is_a_table_of_promises(file: str) -> None:
    assert len(promises(file)) >= 20


@pytest.mark.parametrize(("promise", "shown"), [row for file in TABLES for row in promises(file)])
def test_each_promise_names_a_test_that_exists(promise: str, shown: str) -> None:
    named = NAMED.findall(shown)

    assert named, f"no test is named for: {promise}"
    for file, test in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        defined = [
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name.startswith("test_")
        ]
        assert defined, f"{file} holds no test"
        assert not test or test in defined, f"{file} has no {test}"
