"""Their report beside our list of expected failures."""

from __future__ import annotations

import re
import tomllib
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

MESSAGE_CHARS = 400
SHOWN_CHARS = 160
EXPECTED = Path(__file__).parent / "expected.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one of their tests."""

    name: str
    """``TestPhotoWithRequest::test_send_photo``, parameters included."""
    has_passed: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Tests that may fail: by what they say, or by their names, and why that is no bug."""

    reason: str
    message: str = ""
    """A pattern that is found in the failure's message."""
    name: str = ""
    """A pattern of the whole name."""

    def covers(self, outcome: Outcome) -> bool:
        """Tell whether this is one of them."""
        says = re.search(self.message, outcome.message) is not None
        return says and (not self.name or re.fullmatch(self.name, outcome.name) is not None)


def judge(report: Path, *, is_whole: bool) -> int:
    """Print the verdict; 1 for a new failure, or, of a whole run, for a list out of date."""
    outcomes = read(report)
    expected = expectations()
    failed = [o for o in outcomes if not o.has_passed]
    unexpected = [o for o in failed if not any(e.covers(o) for e in expected)]
    idle = [e for e in expected if not any(e.covers(o) for o in failed)] if is_whole else []
    print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    for expectation in expected:
        if count := sum(expectation.covers(o) for o in failed):
            print(f"  {count:>4} expected: {expectation.reason}")
    for outcome in unexpected:
        print(f"  NEW {outcome.name}: {outcome.message[:SHOWN_CHARS]}")
    for expectation in idle:
        print(f"  OUT OF DATE, nothing of it fails: {expectation.message or expectation.name}")
    return 1 if unexpected or idle or not outcomes else 0


def read(report: Path) -> list[Outcome]:
    """Read their tests from pytest's report; those that they skip are left out."""
    outcomes = []
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is not None:
            continue
        trouble = case.find("failure") if case.find("failure") is not None else case.find("error")
        name = f"{case.get('classname', '').rsplit('.', 1)[-1]}::{case.get('name')}"
        message = "" if trouble is None else (trouble.get("message") or "")[:MESSAGE_CHARS]
        outcomes.append(
            Outcome(name=name, has_passed=trouble is None, message=" ".join(message.split()))
        )
    repeated = Counter(outcome.name for outcome in outcomes)
    assert max(repeated.values(), default=0) <= 2, repeated.most_common(3)  # a failed teardown
    return outcomes


def expectations() -> list[Expectation]:
    """Read the list."""
    table = tomllib.loads(EXPECTED.read_text(encoding="utf-8"))
    return [Expectation(**entry) for entry in table["expected"]]
