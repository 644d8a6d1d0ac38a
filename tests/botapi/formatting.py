"""Texts and their entities: from HTML, to Markdown, and those that Telegram finds itself.

Offsets and lengths count UTF-16 units, as on the wire. Only HTML is parsed: the bot uses nothing
else, and an unknown parse mode is refused loudly.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from tests.botapi.schema import Json
from tests.botapi.wire import Ask, bad_request

PLAIN_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
OTHER_TAGS = {"a", "span", "tg-emoji"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TOKEN = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:\s[^<>]*)?)>|&(#x?[0-9A-Fa-f]+|[a-z]+);|<")
ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+)))?""")
FOUND_BY_TELEGRAM = (
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\".,!?;:)]")),
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@/])@\w{3,32}\b")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)
MARKDOWN = {
    "bold": "**",
    "italic": "*",
    "strikethrough": "~~",
    "spoiler": "||",
    "code": "`",
    "bot_command": "",
}


def units(text: str) -> int:
    """Count the UTF-16 units of a text."""
    return len(text.encode("utf-16-le")) // 2


def formatted(ask: Ask, name: str, entities_name: str) -> tuple[str, list[Json]]:
    """Read a text parameter as it will be shown, and its entities.

    Raises ``ApiError`` for HTML that Telegram refuses.
    """
    text = ask.text(name)
    mode = ask.text("parse_mode").lower()
    if mode == "html":
        text, entities = parse_html(text)
    elif mode:
        raise bad_request(f"the stand-in does not speak parse mode {mode}")
    else:
        entities = list(ask.params.get(entities_name) or ())
    return with_found_entities(*_trimmed(text, entities))


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Turn Telegram's HTML into plain text and entities."""
    reading = _Reading(source)
    end = 0
    for token in TOKEN.finditer(source):
        reading.text += source[end : token.start()]
        end = token.end()
        closing, tag, attributes, entity = token.groups()
        if entity is not None:
            reading.text += _character(entity) or token.group()
        elif tag is None:
            raise reading.error('Unsupported start tag ""', token.start())
        elif closing:
            reading.close(tag.lower(), token.start())
        else:
            reading.open(tag.lower(), attributes, token.start())
    reading.text += source[end:]
    if reading.stack:
        tag = reading.stack[-1].tag
        raise bad_request(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\""
        )
    return reading.text, sorted(reading.entities, key=lambda e: (e["offset"], -e["length"]))


@dataclass(slots=True)
class _Open:
    tag: str
    offset: int
    entity: Json | None


@dataclass(slots=True)
class _Reading:
    source: str
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def open(self, tag: str, attributes: str, at: int) -> None:
        given = {
            m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "")
            for m in ATTRIBUTE.finditer(attributes)
        }
        self.stack.append(_Open(tag, units(self.text), self._entity(tag, given, at)))

    def close(self, tag: str, at: int) -> None:
        if not self.stack:
            raise self.error("Unexpected end tag", at)
        opened = self.stack.pop()
        if opened.tag != tag:
            where = f'expected "</{opened.tag}>", found "</{tag}>"'
            raise self.error("Unmatched end tag", at, f", {where}")
        length = units(self.text) - opened.offset
        if opened.entity and length:
            self.entities.append({**opened.entity, "offset": opened.offset, "length": length})

    def error(self, what: str, at: int, more: str = "") -> Exception:
        offset = len(self.source[:at].encode())
        return bad_request(f"can't parse entities: {what} at byte offset {offset}{more}")

    def _entity(self, tag: str, given: dict[str, str], at: int) -> Json | None:
        language = given.get("class", "").removeprefix("language-")
        if tag == "code" and language and self.stack and self.stack[-1].tag == "pre":
            self.stack[-1].entity = {"type": "pre", "language": language}
            return None
        if tag == "blockquote" and "expandable" in given:
            return {"type": "expandable_blockquote"}
        if tag in PLAIN_TAGS:
            return {"type": PLAIN_TAGS[tag]}
        if tag == "a":
            return {"type": "text_link", "url": given["href"]} if given.get("href") else None
        if tag == "tg-emoji" and given.get("emoji-id"):
            return {"type": "custom_emoji", "custom_emoji_id": given["emoji-id"]}
        if tag == "span" and given.get("class") == "tg-spoiler":
            return {"type": "spoiler"}
        if tag in OTHER_TAGS:
            raise self.error(f'Tag "{tag}" must have its attribute', at)
        raise self.error(f'Unsupported start tag "{tag}"', at)


def with_found_entities(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Add what Telegram finds by itself: links, commands, mentions, hashtags."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in _OPAQUE]
    found = list(entities)
    for kind, pattern in FOUND_BY_TELEGRAM:
        for match in pattern.finditer(text):
            start = units(text[: match.start()])
            stop = start + units(match.group())
            if all(stop <= a or start >= b for a, b in taken):
                taken.append((start, stop))
                found.append({"type": kind, "offset": start, "length": stop - start})
    return text, sorted(found, key=lambda e: (e["offset"], -e["length"]))


_OPAQUE = {"code", "pre", "text_link", "url", "bot_command", "mention", "hashtag"}


def as_markdown(text: str, entities: list[Json]) -> str:
    """Write a text with its bold, italic and code as Markdown, for the transcript."""
    marks: dict[int, list[str]] = {}
    for entity in entities:
        mark = MARKDOWN.get(entity["type"])
        if mark:
            marks.setdefault(entity["offset"], []).append(mark)
            marks.setdefault(entity["offset"] + entity["length"], []).insert(0, mark)
    written, at = [], 0
    for character in text:
        written += [*marks.pop(at, ()), character]
        at += units(character)
    return "".join([*written, *(mark for rest in marks.values() for mark in rest)])


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Strip white space at both ends, and move the entities along."""
    lead = units(text) - units(text.lstrip())
    text = text.strip()
    total = units(text)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        stop = min(total, entity["offset"] + entity["length"] - lead)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return text, kept


def _character(entity: str) -> str | None:
    if not entity.startswith("#"):
        return NAMED.get(entity)
    digits = entity[1:]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return chr(code) if 0 < code < 0x110000 else None
