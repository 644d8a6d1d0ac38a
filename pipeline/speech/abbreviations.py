"""Abbreviations and acronyms as they are said: Dr., Shri, Smt., etc., UPI, GST, Ph.D.

A full stop that only marks an abbreviation goes; one that also ends the sentence stays. Acronyms
that are spelt become single letters; those that are words (ISRO, NASA) stay. A word in capitals is
no acronym unless it stands here or has no vowel. Only for text in Latin letters.
"""

from __future__ import annotations

import re

TITLES = {
    "Dr": "Doctor",
    "Mr": "Mister",
    "Mrs": "Missus",
    "Ms": "Miz",
    "Prof": "Professor",
    "Smt": "Shrimati",
    "Adv": "Advocate",
    "Er": "Engineer",
    "Capt": "Captain",
    "Col": "Colonel",
    "Lt": "Lieutenant",
    "Maj": "Major",
    "Gen": "General",
    "Hon": "Honourable",
    "Hon'ble": "Honourable",
    "Rev": "Reverend",
    "Pt": "Pandit",
    "Pdt": "Pandit",
    "Sri": "Shri",
}
"""Before a name: with its stop, or without one before a capital letter."""
SHORTENED = {
    "etc": "etcetera",
    "vs": "versus",
    "approx": "approximately",
    "govt": "government",
    "dept": "department",
    "ltd": "limited",
    "pvt": "private",
    "dist": "district",
    "addl": "additional",
    "asst": "assistant",
    "jr": "junior",
    "sr": "senior",
    "max": "maximum",
    "min": "minimum",
    "avg": "average",
    "qty": "quantity",
    "tel": "telephone",
    "mob": "mobile",
    "ext": "extension",
    "bldg": "building",
    "univ": "university",
    "intl": "international",
    "e.g": "for example",
    "i.e": "that is",
    "w.r.t": "with respect to",
    "a.k.a": "also known as",
}
"""Anywhere, but only with their stop."""
SPELT = frozenset(
    (
        *(
            "AI",
            "API",
            "ATM",
            "BA",
            "CA",
            "CBI",
            "CBSE",
            "CEO",
            "CFO",
            "CGPA",
            "CID",
            "CTO",
            "DIY",
        ),
        *("DNA", "EMI", "EPF", "EU", "EV", "FAQ", "FIR", "GDP", "GPU", "HIV", "IAS", "ICU", "ID"),
        *("IIM", "IIT", "IMD", "IPL", "IPO", "IPS", "ISI", "ITI", "JEE", "KYC", "LIC", "MBA"),
        *("MLA", "NDA", "NGO", "NIA", "NRI", "OBC", "OTP", "PIB", "PIL", "PSU", "RBI", "RTI"),
        *("RTO", "SBI", "UAE", "UGC", "UK", "UN", "UPA", "UPI", "UPSC", "URL", "USA", "USB"),
        *("USP", "VIP", "AC", "IP", "SUV", "UV", "CCTV", "PPF", "EVM", "AQI", "UI", "APMC", "AM"),
    )
)
"""Spelt although a vowel is in them. Left out: words that are more often shouted than spelt."""
_LAST_WORDS = ("etc", "ltd", "jr", "sr")
_NEVER_SPELT = frozenset(
    ("HMM", "SHH", "PST", "PSST", "TSK", "GRR", "BRR", "HM", "MR", "DR", "MRS", "SMT", "LTD")
)

_TITLE = re.compile(
    rf"(?<![\w.])({'|'.join(map(re.escape, TITLES))})(?:\.\s{{0,2}}(?=[^\W\d_])|\s(?=[A-Z][a-z]))"
)
_SHORT = re.compile(
    rf"(?<![\w.])({'|'.join(map(re.escape, SHORTENED))})\.(?![\w])(?=(\s+(?-i:[A-Z])|\s*\Z)?)",
    re.IGNORECASE,
)
_NUMERO = re.compile(r"(?<![\w.])[Nn]os?\.\s?(?=\d)")
_DEGREE = re.compile(
    r"(?<![\w.])(Ph\.?\s?D|M\.?\s?Phil|[BM]\.?\s?(?:Tech|Sc|Com))\b\.?(?=(\s+[A-Z]|\s*\Z)?)"
)
_LETTERS = re.compile(r"(?<![\w.])(?:[A-Z]\.\s?){1,5}[A-Z]\.?(?![\w])")
_CAPITALS = re.compile(r"(?<![\w'’-])([A-Z]{2,6})(s?)(?![\w'’]|-[A-Za-z])")
_WITH_NUMBER = re.compile(r"(?<![\w.,])(\d{1,2})([GDK])(?!\w)")
_SHOUTED_WORDS = 4


def spoken_abbreviations(text: str) -> str:
    """Write out titles, shortened words, degrees and acronyms."""
    text = _NUMERO.sub("number ", text)
    text = _TITLE.sub(lambda m: f"{TITLES[m[1]]} ", text)
    text = _DEGREE.sub(_degree, text)
    text = _SHORT.sub(_shortened, text)
    text = _LETTERS.sub(_initials, text)
    text = _WITH_NUMBER.sub(r"\1 \2", text)
    if _is_shouted(text):
        return text
    return _CAPITALS.sub(_acronym, text)


def _shortened(match: re.Match[str]) -> str:
    written, following = match[1], match[2]
    said = SHORTENED[written.lower()]
    # Before a capital most belong to a name ("Govt. of", "vs. Pakistan"); few end a sentence.
    ends = following is not None and (not following.strip() or written.lower() in _LAST_WORDS)
    said = said.capitalize() if written[0].isupper() else said
    return said + ("." if ends else "")


def _degree(match: re.Match[str]) -> str:
    head, tail = re.sub(r"[.\s]", "", match[1]), ""
    for last in ("Tech", "Phil", "Com"):
        if head.endswith(last):
            head, tail = head.removesuffix(last), f" {last}"
    stop = "." if match[0].endswith(".") and match[2] is not None else ""
    return " ".join(head.upper()) + tail + stop


def _initials(match: re.Match[str]) -> str:
    """A. P. J. -> A P J; the last stop stays where a sentence may end with it."""
    stop = "." if match[0].endswith(".") and not match.string[match.end() :].strip() else ""
    return " ".join(re.findall("[A-Z]", match[0])) + stop


def _acronym(match: re.Match[str]) -> str:
    word, plural = match[1], match[2]
    spelt = word in SPELT or (word not in _NEVER_SPELT and not set(word) & set("AEIOUY"))
    return " ".join(word) + ("'s" if plural else "") if spelt else match[0]


def _is_shouted(text: str) -> bool:
    """Tell whether most words are in capitals: then capitals mean nothing."""
    words = [word for word in re.findall(r"[^\W\d_]{2,}", text) if word.isascii()]
    return len(words) >= _SHOUTED_WORDS and sum(map(str.isupper, words)) > len(words) / 2
