"""Run python-telegram-bot's request tests against the stand-in: ``make conformance``.

    python -m tests.conformance [--into out/conformance] [PATH ...]

What may fail stands in ``expected.toml``, each with its reason; whatever else fails is a bug of
the stand-in, and what is expected to fail and passes is out of date. Either ends with status 1.
Paths are those of their tests, for a look at a part.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import sys
from pathlib import Path

from tests.botapi.server import BotApi
from tests.conformance import strangers
from tests.conformance.verdict import judge

LIMIT_S = 1800
TEST_LIMIT_S = 20
PLUGINS = Path(__file__).parent
SELECTED = ("tests/_files", "tests/test_bot.py", "tests/test_dice.py", "tests/test_forum.py")
"""Where their tests make requests; payments, games and passports aside, which Bolti has not."""


def main() -> int:
    """Fetch, run, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=Path("out/conformance"))
    parser.add_argument("paths", nargs="*", default=SELECTED)
    options = parser.parse_args()
    into = options.into.resolve()
    source = strangers.fetch(into)
    python = strangers.environment(into)
    report = into / "report.xml"
    report.unlink(missing_ok=True)
    violations = asyncio.run(run(python, source, report, options.paths))
    print(f"log: {into / 'pytest.log'}; requests off the published schema: {len(violations)}")
    return judge(report, is_whole=tuple(options.paths) == SELECTED)


async def run(python: Path, source: Path, report: Path, paths: list[str]) -> list[str]:
    """Run the tests in a process of their own; give what the stand-in found wrong in requests."""
    async with BotApi.running() as api:
        with (report.parent / "pytest.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                python,
                *("-m", "pytest", "-p", "ptb_plugin", "-p", "no:cacheprovider", "-m", "req"),
                *("-q", "-o", "addopts=", "--force-flaky", "--max-runs=1", "--no-flaky-report"),
                *(f"--timeout={TEST_LIMIT_S}", f"--junitxml={report}", *paths),
                cwd=source,
                env=environment_of(api),
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
            )
            async with asyncio.timeout(LIMIT_S):
                await process.wait()
        return api.violations


def environment_of(api: BotApi) -> dict[str, str]:
    """Tell their tests which bot they are and where it may write, in the way of their CI."""
    tester = api.user("Tester")
    group, forum, channel = (
        api.supergroup(name, [tester]).chat for name in ("Group", "Forum", "Channel")
    )
    bot = {
        "token": api.token,
        "payment_provider_token": "1:TEST:none",
        "chat_id": str(tester.chat.id),
        "super_group_id": str(group.id),
        "forum_group_id": str(forum.id),
        "channel_id": str(channel.id),
        "subscription_channel_id": channel.id,
        "name": "Bolti",
        "username": "@bolti_test_bot",
    }
    bots = base64.b64encode(json.dumps([bot, bot]).encode()).decode()
    return {
        "PATH": os.defpath,
        "STAND_IN_URL": api.url,
        "GITHUB_ACTIONS": "true",
        "BOTS": bots,
        "JOB_INDEX": "1",
        "TEST_WITH_OPT_DEPS": "true",
        "PYTHONPATH": str(PLUGINS),
    }


if __name__ == "__main__":
    sys.exit(main())
