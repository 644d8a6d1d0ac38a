"""Sentences are there, are filled safely, and are the only words that the bot says."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

import bot.texts
from bot.commands import EVERYWHERE_COMMANDS, PRIVATE_COMMANDS, help_lines
from bot.texts import Texts, indian_grouping, load_texts, short_id
from pipeline import errors
from pipeline.settings import Settings
from pipeline.types import JobId
from tests.unit.bot.conftest import Bot, running_bot
from tests.unit.bot.updates import text

GROUPS = frozenset(
    key.partition(".")[0] for key in load_texts().keys("en") if not key.startswith("help")
)
BOT_FILES = sorted(Path(bot.texts.__file__).parent.rglob("*.py"))


def test_every_error_has_a_sentence(texts: Texts) -> None:
    codes = {kind.code for kind in errors.every_error()}

    missing = [code for code in codes if not texts.has(f"error.{code}")]

    assert missing == []


def test_no_sentence_is_left_of_an_error_that_is_gone(texts: Texts) -> None:
    codes = {kind.code for kind in errors.every_error()} | {"incident"}
    written = {k.removeprefix("error.") for k in texts.keys("en") if k.startswith("error.")}

    assert written - codes == set()


@pytest.mark.parametrize("language", load_texts().languages)
def test_languages_have_the_same_keys_and_placeholders(texts: Texts, language: str) -> None:
    english = {key: placeholders(texts, "en", key) for key in texts.keys("en")}

    assert {key: placeholders(texts, language, key) for key in texts.keys(language)} == english


def placeholders(texts: Texts, language: str, key: str) -> set[str | None]:
    sentence = texts._sentences[language][key]
    forms = [sentence] if isinstance(sentence, str) else list(sentence.values())
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name}


@pytest.mark.parametrize("language", load_texts().languages)
def test_what_counts_something_has_the_same_forms_everywhere(texts: Texts, language: str) -> None:
    counted = {key for key in texts.keys("en") if isinstance(texts._sentences["en"][key], dict)}

    for key in texts.keys(language):
        sentence = texts._sentences[language][key]
        assert isinstance(sentence, dict) == (key in counted), key
        if isinstance(sentence, dict):
            assert sentence.keys() == {"one", "other"}, key
            assert all(form.strip() for form in sentence.values()), key
        else:
            assert sentence.strip(), key


def test_hindi_is_written_in_devanagari(texts: Texts) -> None:
    for key in texts.keys("hi"):
        sentence = texts._sentences["hi"][key]
        for form in [sentence] if isinstance(sentence, str) else sentence.values():
            spoken = re.sub(r"\{\w+\}|<[^>]+>|/\w+", "", form)
            if re.search(r"\w{2}", spoken):
                assert re.search("[\u0900-\u097f]", spoken), f"{key} is not translated"


def test_the_bot_speaks_of_itself_in_hindi_as_one_and_the_same_woman(texts: Texts) -> None:
    as_a_man = r"ूँगा\b|ऊँगा\b|ता हूँ|रहा हूँ|मैं[^।]*सकता\b"
    sentences = ((key, str(texts._sentences["hi"][key])) for key in texts.keys("hi"))

    assert [key for key, sentence in sentences if re.search(as_a_man, sentence)] == []


def test_every_key_that_the_bot_names_is_there_and_no_other(texts: Texts) -> None:
    named = {
        node.value
        for path in BOT_FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    spoken = {key for key in texts.keys("en") if not key.startswith(("error.", "command."))}

    assert spoken - named == set()
    for value in named:
        if re.fullmatch(
            r"(recording|voice|locale|photo|face|album|words|card|send|status|video|cancel|again|tap|button)\.[a-z_]+",
            value,
        ):
            assert texts.has(value), value


def test_the_bot_says_nothing_that_is_not_in_the_texts() -> None:
    speaking = ("reply", "reply_text", "send_message", "answer", "edit_message_text")
    for path in BOT_FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in speaking:
                values = [*node.args, *(k.value for k in node.keywords)]
                literals = [
                    v
                    for v in values
                    if isinstance(v, ast.JoinedStr)
                    or (isinstance(v, ast.Constant) and isinstance(v.value, str))
                ]
                spoken = [ast.unparse(v) for v in literals if re.search(r"[A-Za-z]{2}", "".join(
                    c.value for c in ast.walk(v)
                    if isinstance(c, ast.Constant) and isinstance(c.value, str)
                ))]  # fmt: skip
                assert spoken == [], f"{path.name}:{node.lineno}"


def test_values_are_escaped_in_messages_and_plain_in_buttons(texts: Texts) -> None:
    evil = "<b>&</b>"

    assert "&lt;b&gt;&amp;&lt;/b&gt;" in texts.html("en", "cancel.done", id=evil)
    assert evil in texts.plain("en", "cancel.done", id=evil)


def test_a_name_cannot_rewrite_the_sentence_around_it(texts: Texts) -> None:
    """Marks of direction turn what follows; joiners belong to Indian words and stay."""
    name = (
        "\u202eecila\u202c\u2067 \u0915\u094d\u200d\u0937\x00\x1b\u2028 \U0001f469\u200d\U0001f4bb"
    )

    shown = texts.html("en", "cancel.done", id=name)

    assert "ecila \u0915\u094d\u200d\u0937 \U0001f469\u200d\U0001f4bb" in shown
    assert texts.plain("en", "cancel.done", id="two\nlines\tand a tab").count("\n") == 1


@pytest.mark.parametrize("language", load_texts().languages)
def test_markup_of_the_texts_is_what_telegram_knows(texts: Texts, language: str) -> None:
    for key in texts.keys(language):
        sentence = str(texts._sentences[language][key])
        known = {"b", "/b", "i", "/i", "code", "/code", "a", "/a"}
        assert set(re.findall(r"<(/?\w+)", sentence)) <= known
        assert sentence.count("<b>") == sentence.count("</b>")


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (100_000, "1,00,000"),
        (12_345_678, "1,23,45,678"),
        (-100_000, "-1,00,000"),
    ],
)
def test_numbers_are_grouped_as_in_india(number: int, written: str) -> None:
    assert indian_grouping(number) == written


@given(st.integers(-(10**15), 10**15))
def test_grouping_loses_no_digit(number: int) -> None:
    assert int(indian_grouping(number).replace(",", "")) == number


def test_one_and_many_are_told_apart(texts: Texts) -> None:
    assert "this photo" in texts.html("en", "album.none", count=1)
    assert "these 3 photos" in texts.html("en", "album.none", count=3)


def test_an_unknown_language_reads_english(texts: Texts) -> None:
    assert texts.language("fr-CA") == "en"
    assert texts.language(None) == "en"


def test_an_unknown_code_of_a_newer_worker_reads_as_an_apology(texts: Texts) -> None:
    assert texts.error("en", "from_the_future", {}) == texts.html("en", "error.internal")


def test_a_short_id_is_short_stable_and_readable() -> None:
    ids = {short_id(JobId(f"tg-{n:012d}")) for n in range(300)}

    assert len(ids) == 300
    assert all(re.fullmatch(r"#[2-9A-HJKMNP-TW-Z]{4}", i) for i in ids)
    assert short_id(JobId("tg-000000000001")) == short_id(JobId("tg-000000000001"))


def test_every_command_is_in_help(texts: Texts) -> None:
    lines = help_lines(texts, "en")

    assert all(f"/{name}: " in lines for name in PRIVATE_COMMANDS)
    assert set(EVERYWHERE_COMMANDS) <= set(PRIVATE_COMMANDS)


@pytest.mark.parametrize("command", PRIVATE_COMMANDS)
async def test_every_command_is_answered(bot: Bot, command: str) -> None:
    await bot.hears(text(1, f"/{command}"))

    assert len(bot.telegram.texts) == 1
    assert bot.telegram.texts[0] != "I don't know this command. See /help."


async def test_a_command_that_there_is_not_points_to_help(bot: Bot) -> None:
    await bot.hears(text(1, "/admin"))

    assert bot.telegram.texts == ["I don't know this command. See /help."]


async def test_privacy_tells_what_is_kept_and_how_long(bot: Bot) -> None:
    await bot.hears(text(1, "/privacy"))

    assert "24 hours" in bot.telegram.texts[0]
    assert "30 minutes" in bot.telegram.texts[0]


async def test_privacy_tells_what_is_sealed_and_what_is_not(
    settings: Settings, texts: Texts
) -> None:
    key, no_memory = SecretStr("quite a long secret"), "/var/lib/bolti/scratch"
    update = {"encryption_key": key, "scratch_folder": no_memory}
    store = settings.store.model_copy(update=update)
    async with running_bot(settings.model_copy(update={"store": store}), texts) as bot:
        await bot.hears(text(1, "/privacy"))

        assert "encrypted on our disk" in bot.telegram.texts[0]
        assert "its parts are not. Nor are ids, names and times" in bot.telegram.texts[0]
