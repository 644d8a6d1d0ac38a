"""Each promise in the README names a test, and the test is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TITLE = "What we promise, and the test that shows it"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def promises() -> list[tuple[str, str]]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## What we promise, and the test that shows it")[2].partition(
        "\n## "
    )[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [(promise, shown) for promise, shown in rows[1:]]


def test_there_is_a_table_of_promises() -> None:
    assert len(promises()) >= 5


@pytest.mark.parametrize(("promise", "shown"), promises())
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
