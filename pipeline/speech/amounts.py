"""Rupees, lakh and crore, per cent, Indian telephone numbers: written out as they are said.

₹1,50,000.50 is "1 lakh 50 thousand rupees 50 paise". Digits stay digits, the voice reads them;
only what a voice cannot know is written as words. In text with Indic letters the numbers stay as
they are (those voices know lakh and crore), only the signs become words.

Where the next one goes: a rule in ``spoken_amounts`` and its rows in the test table. Dates and
times stand in ``moments``, units and ordinals in ``measures``, telephones in ``contacts``.
"""

from __future__ import annotations

import re

from pipeline.speech.letters import Writing, has_indic, writing_of

CRORE, LAKH, THOUSAND = 10_000_000, 100_000, 1_000

_NUMBER = r"\d{1,15}(?:,\d{2,3})*(?:\.\d+)?"
_SCALE = r"(?P<scale>lakhs?|lacs?|crores?|thousand|million|billion|k|cr)"
_RUPEES = r"(?:₹|(?<![^\W\d_])(?:Rs\.?|INR))\s{0,3}"
_AMOUNT = re.compile(
    rf"{_RUPEES}(?P<number>{_NUMBER})(?:\s?{_SCALE}(?![^\W\d_]))?(?:\s?/-)?",
    re.IGNORECASE,
)
_INDIAN_GROUPS = re.compile(r"(?<![\d.,])\d{1,2}(?:,\d{2})+,\d{3}(?![\d,])")
_FOREIGN = re.compile(
    rf"(?P<sign>US\$|[$€£])\s?(?P<number>{_NUMBER})(?:\s?{_SCALE}(?![^\W\d_]))?", re.IGNORECASE
)
_PER = re.compile(r"\b(rupees?|dollars?|euros?|pounds?|percent)\s?/\s?(?=[A-Za-z])")
_CURRENCIES = {"$": "dollar", "us$": "dollar", "€": "euro", "£": "pound"}
_SCALES = {"k": "thousand", "cr": "crore", "lac": "lakh", "lacs": "lakh"}


def spoken_amounts(text: str) -> str:
    """Write out amounts of money, Indian grouping, per cent, and "and"."""
    if has_indic(text):
        return _signs(text, _IN_HINDI if _is_hindi(text) else _IN_ENGLISH)
    text = _FOREIGN.sub(_foreign, _AMOUNT.sub(_rupees, text))
    text = _PER.sub(r"\1 per ", text)
    text = _INDIAN_GROUPS.sub(lambda m: in_lakhs(int(m[0].replace(",", ""))), text)
    return _signs(text, _IN_ENGLISH)


def in_lakhs(number: int) -> str:
    """Write a whole number with crore, lakh and thousand: 2500000 -> "25 lakh"."""
    parts: list[str] = []
    crores, rest = divmod(number, CRORE)
    if crores:
        parts.append(f"{crores if crores < LAKH else in_lakhs(crores)} crore")
    for size, name in ((LAKH, "lakh"), (THOUSAND, "thousand")):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
    if rest or not parts:
        parts.append(str(rest))
    return " ".join(parts)


def _rupees(match: re.Match[str]) -> str:
    number, scale = match["number"].replace(",", ""), match["scale"]
    if scale:
        name = scale.lower()
        return f"{number} {_SCALES.get(name, name)} rupees"
    whole, _, fraction = number.partition(".")
    if len(fraction) > 2:
        return f"{number} rupees"
    paise = int(fraction.ljust(2, "0")) if fraction else 0
    rupees = int(whole)
    if paise and not rupees:
        return f"{paise} paise"
    name = "rupee" if rupees == 1 else "rupees"
    spoken = in_lakhs(rupees) if rupees >= LAKH else str(rupees)
    return f"{spoken} {name}" + (f" {paise} paise" if paise else "")


def _foreign(match: re.Match[str]) -> str:
    number, name = match["number"], _CURRENCIES[match["sign"].lower()]
    scale = (match["scale"] or "").lower()
    scale = f" {_SCALES.get(scale, scale)}" if scale else ""
    return f"{number}{scale} {name if number == '1' and not scale else name + 's'} "


_IN_ENGLISH = {"rupees": "rupees", "percent": "percent", "and": "and", "plus": "plus"}
_IN_HINDI = {"rupees": "रुपये", "percent": "प्रतिशत", "and": "और", "plus": "plus"}
_SIGN_OF_MONEY = re.compile(rf"{_RUPEES}({_NUMBER})(?:\s?/-)?", re.IGNORECASE)


def _signs(text: str, words: dict[str, str]) -> str:
    text = _SIGN_OF_MONEY.sub(rf"\1 {words['rupees']} ", text)
    text = text.replace("₹", f" {words['rupees']} ")
    text = re.sub(r"\s?[%٪]", f" {words['percent']} ", text)
    return text.replace("&", f" {words['and']} ")


def _is_hindi(text: str) -> bool:
    """Tell whether Devanagari is the first writing system of India in the text."""
    indic = (w for w in map(writing_of, text) if w not in (None, Writing.LATIN))
    return next(indic, None) is Writing.DEVANAGARI
