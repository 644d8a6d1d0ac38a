"""An operator at work in the chat: the page, a past, the line held, a ban, an invitation."""

from __future__ import annotations

from tests import faces
from tests.botapi.fixtures import LaunchBot
from tests.botapi.server import BotApi
from tests.botapi.state import FIRST_USER_ID
from tests.e2e.scenes import RENDER_S, SHORT_WORDS, gets_video

ADMIN_ID = FIRST_USER_ID


async def test_chat_admin_holds_the_line_and_looks(server: BotApi, launch_bot: LaunchBot) -> None:
    meena, asha = server.user("Meena"), server.user("Asha")
    assert meena.user["id"] == ADMIN_ID
    await launch_bot(BOLTI_ACCESS__ADMINS=f"[{ADMIN_ID}]")

    await meena.sends_text("/pause")
    await meena.sees("Paused. What is in the making is finished")
    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    waiting = await asha.sees("#", within_s=30)
    name = waiting.text.split("#")[1][:4]
    await meena.sends_text("/status")
    page = await meena.sees("Line: paused")
    assert "0 in the making, 1 waiting" in page.text
    assert "local: " in page.text
    await meena.sends_text("/jobs")
    await meena.sees(f"#{name} waits")
    await meena.sends_text("/resume")
    await meena.sees("The line is open again")
    await gets_video(asha)

    await meena.sends_text(f"/job {name}")
    past = await meena.sees(f"#{name} .* delivered")
    assert SHORT_WORDS not in past.text
    await meena.sends_text("/status")
    await meena.sees("24 h: 1 made, 0 failed, 0 cancelled; 100% succeeded", after=past)
    await meena.sees(r"in seconds: waiting [\d.]+/[\d.]+, speaking .*, sending ", after=past)
    own = {"type": "chat", "chat_id": ADMIN_ID}
    menu = [c["command"] for c in server.commands(own)]
    assert {"status", "cancel", "pause", "ban"} <= set(menu)
    public = server.commands({"type": "all_private_chats"})
    assert "ban" not in [c["command"] for c in public]

    await asha.sends_text("/jobs")
    await asha.sees("I don't know this command")


async def test_chat_admin_bans_and_invites(server: BotApi, launch_bot: LaunchBot) -> None:
    meena, asha = server.user("Meena"), server.user("Asha")
    await launch_bot(BOLTI_ACCESS__ADMINS=f"[{ADMIN_ID}]", BOLTI_ACCESS__MODE="invite")

    await asha.sends_text("/start")
    refused = await asha.sees("This bot is only for people who were invited")
    await meena.sends_text("/invite 1")
    invitation = await meena.sees("https://t.me/bolti_test_bot")
    token = invitation.text.split("start=")[1].split()[0]
    await asha.sends_text(f"/start {token}")
    await asha.sees("Namaste!", after=refused)
    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    await asha.sees("in line|making|looking|moving", within_s=RENDER_S)
    await meena.sends_text(f"/ban {asha.user['id']}")
    await meena.sees("is banned.*Before: let in. To take it back: /allow")
    await meena.sees("1 video of theirs is cancelled")
    await asha.sees("is cancelled. Nothing was counted")
    await asha.sends_text(f"/start {token}")
    await asha.sees("I can't make videos for you any more")
    await asha.sends_text("/privacy")
    await asha.sees("What I keep")
    await asha.settles()

    assert asha.videos() == []


async def test_chat_admin_writes_to_everybody_and_is_alarmed(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    meena, asha, ravi = server.user("Meena"), server.user("Asha"), server.user("Ravi")
    bot = await launch_bot(
        BOLTI_ACCESS__ADMINS=f"[{ADMIN_ID}]",
        BOLTI_ALERTS__CHAT=str(ADMIN_ID),
        BOLTI_ALERTS__DISK_FREE_PCT="100",
    )

    await meena.sees("Disk almost full")
    await asha.sends_text("/help")
    await asha.sees("Send a photo")
    await ravi.sends_text("/help")
    await ravi.sees("Send a photo")
    await ravi.blocks_bot()
    await ravi.settles()
    await meena.sends_text("/broadcast")
    await meena.sees("You see them first")
    await meena.sends_text("/broadcast We are back. Thank you for waiting!")
    question = await meena.sees("That is what 2 people would read")
    assert not any("We are back" in m.text for m in asha.messages())
    await (await meena.taps("Send to 2", on=question)).answered()
    await asha.sees("We are back. Thank you for waiting!")
    await meena.sees("Done: 2 of 2 have it")
    await bot.restart()
    await meena.settles()

    assert sum("We are back" in m.text for m in asha.messages()) == 1
    assert sum("Disk almost full" in m.text for m in meena.messages()) == 1
