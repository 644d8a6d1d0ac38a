"""The emoji that a bot may react with."""

from __future__ import annotations

from typing import Final

_PUBLISHED = """
❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆
💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄
😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
REACTIONS: Final = frozenset(_PUBLISHED.split())
VARIATION_SELECTOR: Final = "\ufe0f"


def plain(emoji: str) -> str:
    """Write an emoji as the list has it."""
    return emoji.replace(VARIATION_SELECTOR, "")
