"""Addresses and numbers that are read sign by sign: URLs, e-mail, telephones, PINs and codes.

A full web address is said as "link", a bare domain with its dots; digits of a telephone are read
one by one, in the groups that Indians use. In any language; the words between are English.
"""

from __future__ import annotations

import re

_URL = re.compile(r"(?:https?://|\bwww\.)[^\s<>]+", re.IGNORECASE)
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\b")
_DOMAIN = re.compile(
    r"(?<![\w@.])((?:[a-z0-9][a-z0-9-]{0,62}\.){1,3}(?:com|org|net|in|io|ai|app|edu|gov|info))"
    r"(?:/\S*)?(?![\w.]*@|\w)",
    re.IGNORECASE,
)
_HASHTAG = re.compile(r"(?<!\w)#([^\W\d_]\w*)")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")

_NO_DIGIT = r"(?![\d]|[.,]\d)"
_ALONE = r"(?<![\w.,+₹-])"
_MOBILE = re.compile(
    rf"(?:(?<!\w)(?P<country>\+91|0091)[ -]?|{_ALONE}0?)"
    rf"(?P<a>[6-9]\d{{4}})[ -]?(?P<b>\d{{5}}){_NO_DIGIT}"
)
_FOREIGN = re.compile(rf"(?<!\w)\+(?P<all>\d{{1,3}}(?:[ -]?\d{{2,5}}){{2,4}}){_NO_DIGIT}")
_TOLL_FREE = re.compile(rf"{_ALONE}(1[89]00)[ -]?(\d{{3}})[ -]?(\d{{3,4}}){_NO_DIGIT}")
_LANDLINE = re.compile(rf"{_ALONE}(0\d{{2,4}})[ -](\d{{6,8}}){_NO_DIGIT}")
_AADHAAR = re.compile(rf"{_ALONE}(\d{{4}}) (\d{{4}}) (\d{{4}}){_NO_DIGIT}")
_CODE = re.compile(
    r"\b(OTP|PIN|pin ?code|PNR|passcode|Aadhaar|(?:account|a/c)(?=\D{1,20}\d{6}))"
    rf"((?:\s+(?:code|number|no\.?|is))*[\s:-]{{1,3}})(\d{{4,18}}){_NO_DIGIT}",
    re.IGNORECASE,
)
_LONG = re.compile(rf"{_ALONE}\d{{10,}}{_NO_DIGIT}")


def spoken_contacts(text: str) -> str:
    """Write out addresses, hashtags, and numbers that are read digit by digit."""
    text = _URL.sub(" link ", text)
    text = _EMAIL.sub(lambda m: m[0].replace("@", " at ").replace(".", " dot "), text)
    text = _DOMAIN.sub(lambda m: m[1].replace(".", " dot "), text)
    text = _HASHTAG.sub(lambda m: _HUMP.sub(" ", m[1].replace("_", " ")), text)
    text = _CODE.sub(lambda m: f"{m[1]}{m[2]}{_digits(m[3])}", text)
    text = _MOBILE.sub(_mobile, text)
    text = _FOREIGN.sub(lambda m: f"plus {_groups(re.split('[ -]', m['all']))}", text)
    text = _TOLL_FREE.sub(lambda m: _groups([*m.groups()]), text)
    text = _LANDLINE.sub(lambda m: _groups([*m.groups()]), text)
    text = _AADHAAR.sub(lambda m: _groups([*m.groups()]), text)
    return _LONG.sub(lambda m: _digits(m[0]), text)


def _mobile(match: re.Match[str]) -> str:
    country = "plus 91, " if match["country"] else ""
    return f"{country}{_groups([match['a'], match['b']])}"


def _groups(groups: list[str]) -> str:
    return ", ".join(_digits(group) for group in groups)


def _digits(number: str) -> str:
    return " ".join(number)
