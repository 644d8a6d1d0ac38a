"""Dates and times as Indians write them, written out: 15/08/1947, 9:30 am, 17:05, Mon 3 Feb.

Day comes before month; a date that no calendar has stays as it is. Years and hours stay digits,
the voice reads them. Only for text in Latin letters: Indic voices read dates themselves.
"""

from __future__ import annotations

import re
from datetime import date

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_SHORT_MONTHS = {name[:3].lower(): name for name in MONTHS} | {"sept": "September"}
_DAYS = {
    **{"mon": "Monday", "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday"},
    **{"thu": "Thursday", "thur": "Thursday", "thurs": "Thursday", "fri": "Friday"},
    **{"sat": "Saturday", "sun": "Sunday"},
}
_YOUNGEST_PAST = 50
"""15/8/49 is in 2049, 15/8/50 in 1950."""

_ALONE = r"(?<![\w/.:₹-])"
_END = r"(?![\w/:₹-]|\.\d)"
_DAY_FIRST = re.compile(rf"{_ALONE}(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_END}")
_YEAR_FIRST = re.compile(rf"{_ALONE}(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_END}")
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_SHORT = "|".join(sorted(_SHORT_MONTHS, key=len, reverse=True))
_MONTH_AFTER = re.compile(
    rf"(?<!\w)({_DAY})[ -]({_SHORT})(?![^\W\d_])\.?(?:(?:-|,? )(\d{{4}})(?!\d))?",
    re.IGNORECASE,
)
_MONTH_BEFORE = re.compile(rf"(?<!\w)(?=[A-Z])((?i:{_SHORT}))\.? (?=\d{{1,2}}(?:st|nd|rd|th|\b))")
_WEEKDAY = re.compile(
    rf"(?<!\w)(?=[A-Z])((?i:{'|'.join(_DAYS)}))(?:\.,?|,)? (?={_DAY}[ -](?i:{_SHORT}))"
)

_HALF = r"\s?(?P<half>[ap])(?:m\b|\.m\b\.?)"
_CLOCK = re.compile(
    rf"{_ALONE}(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:{_HALF})?(?![\w:])",
    re.IGNORECASE,
)
_DOTTED = re.compile(
    rf"{_ALONE}(?P<hour>1[0-2]|0?\d)(?:\.(?P<minute>[0-5]\d))?{_HALF}", re.IGNORECASE
)


_FROM_TO = re.compile(
    r"(?<=\d[ap]m)\s?[-–]\s?(?=\d)|(?<=\d)\s?[-–]\s?(?=\d{1,2}(?:[:.]\d\d)?\s?[ap]m\b)",
    re.IGNORECASE,
)


def spoken_moments(text: str) -> str:
    """Write out dates and times."""
    text = _FROM_TO.sub(" to ", text)
    text = _YEAR_FIRST.sub(lambda m: _date(m[0], int(m[3]), int(m[2]), int(m[1])), text)
    text = _DAY_FIRST.sub(lambda m: _date(m[0], int(m[1]), int(m[3]), _year(m[4])), text)
    text = _WEEKDAY.sub(lambda m: f"{_DAYS[m[1].lower()]} ", text)
    text = _MONTH_AFTER.sub(_day_and_month, text)
    text = _MONTH_BEFORE.sub(lambda m: f"{_SHORT_MONTHS[m[1].lower()]} ", text)
    return _DOTTED.sub(_time, _CLOCK.sub(_time, text))


def _date(written: str, day: int, month: int, year: int) -> str:
    try:
        date(year, month, day)
    except ValueError:
        return written
    return f"{day} {MONTHS[month - 1]} {year}"


def _year(written: str) -> int:
    year = int(written)
    if len(written) == 4:
        return year
    return year + (1900 if year >= _YOUNGEST_PAST else 2000)


def _day_and_month(match: re.Match[str]) -> str:
    year = f" {match[3]}" if match[3] else ""
    return f"{match[1]} {_SHORT_MONTHS[match[2].lower()]}{year}"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or "").upper()
    stop = "." if match[0].endswith(".") and _ends_the_sentence(match) else ""
    if minute == 0:
        words = [str(hour), "" if half else "o'clock" if hour <= 12 else "hours"]
    else:
        words = [str(hour), str(minute) if minute > 9 else f"oh {minute}"]
    words += [f"{half} M"] if half else []
    return " ".join(filter(None, words)) + stop


def _ends_the_sentence(match: re.Match[str]) -> bool:
    rest = match.string[match.end() :]
    return not rest.strip() or bool(re.match(r"\s+[^a-z\s]|\n", rest))
