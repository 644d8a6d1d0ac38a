"""Units, ordinals, ranges and signs between numbers, written out: 5 km, 21st, 10-15, -5°C, 2+3.

Knows numbers only by their look. Only for text in Latin letters. A unit is a row of ``UNITS``.
"""

from __future__ import annotations

import re

UNITS = {
    "km/h": ("kilometre per hour", "kilometres per hour"),
    "kmph": ("kilometre per hour", "kilometres per hour"),
    "km": ("kilometre", "kilometres"),
    "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"),
    "m": ("metre", "metres"),
    "ft": ("foot", "feet"),
    "sq ft": ("square foot", "square feet"),
    "sq. ft.": ("square foot", "square feet"),
    "sqft": ("square foot", "square feet"),
    "sq km": ("square kilometre", "square kilometres"),
    "sq m": ("square metre", "square metres"),
    "kg": ("kilogram", "kilograms"),
    "kgs": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "gm": ("gram", "grams"),
    "gms": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "ml": ("millilitre", "millilitres"),
    "L": ("litre", "litres"),
    "ltr": ("litre", "litres"),
    "GB": ("gigabyte", "gigabytes"),
    "MB": ("megabyte", "megabytes"),
    "TB": ("terabyte", "terabytes"),
    "KB": ("kilobyte", "kilobytes"),
    "Mbps": ("megabit per second", "megabits per second"),
    "kW": ("kilowatt", "kilowatts"),
    "MW": ("megawatt", "megawatts"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "GHz": ("gigahertz", "gigahertz"),
    "MHz": ("megahertz", "megahertz"),
    "Hz": ("hertz", "hertz"),
    "mAh": ("milliampere hour", "milliampere hours"),
    "MP": ("megapixel", "megapixels"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "sec": ("second", "seconds"),
    "secs": ("second", "seconds"),
    "yrs": ("year", "years"),
    "m²": ("square metre", "square metres"),
    "km²": ("square kilometre", "square kilometres"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
}
_AS_WRITTEN = {"L", "g", "m", "MP", "MW", "GB", "MB", "TB", "KB"}
"""Units that another case would make a different word: "5 G" is no gram."""
_BY_CASE = {unit if unit in _AS_WRITTEN else unit.lower(): unit for unit in UNITS}

_PER = re.compile(r"\bper (kg|km|hr|sq ft|sq\. ft\.|ltr|L|gm|g|min|sec|m)(?![\w/])")

_ONES = (
    *("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"),
    *("ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth"),
    *("sixteenth", "seventeenth", "eighteenth", "nineteenth"),
)
_TENS = (
    *(("", ""), ("", ""), ("twenty", "twentieth"), ("thirty", "thirtieth")),
    *(("forty", "fortieth"), ("fifty", "fiftieth"), ("sixty", "sixtieth")),
    *(("seventy", "seventieth"), ("eighty", "eightieth"), ("ninety", "ninetieth")),
)

_NUMBER = r"\d+(?:,\d{2,3})*(?:\.\d+)?"
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_MEASURE = re.compile(
    rf"(?<![\w.,])({_NUMBER})\s?({_UNIT})(?![^\W\d_]|\d|/)\.?(?=(\s+(?-i:[a-z])|\s*[,;:!?)])?)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,3})(?:st|nd|rd|th)\b", re.IGNORECASE)
_RANGE = re.compile(
    r"(?<![\w.,:/+-])(\d{1,4}(?:\.\d+)?)\s?[-–]\s?(\d{1,4}(?:\.\d+)?)(?![\w:/+-]|[.,]\d)"
)
_MINUS = re.compile(r"(?<![\w.,)\]-])[-−](?=\d)")
_BETWEEN = (
    (re.compile(r"(?<=\d)\s*\+\s*(?=\d)"), " plus "),
    (re.compile(r"(?<=\d)\s*×\s*(?=\d)"), " times "),
    (re.compile(r"(?<=\d)\s*÷\s*(?=\d)"), " divided by "),
    (re.compile(r"(?<=\d)\s*=\s*(?=\d)"), " equals "),
    (re.compile(r"(?<=\d)\+(?!\w)"), " plus"),
    (re.compile(r"\b24[/xX]7\b"), "24 7"),
    (re.compile(r"(?<![\w.])(\d)['’](\d{1,2})(?:[\"”]|'')"), r"\1 foot \2 "),
    (re.compile(r"(?<=\d)[xX](?=\d)"), " by "),
    (re.compile(r"(?<![\w#])#\s?(?=\d)"), "number "),
    (re.compile(r"(?<=\d)\s?(?:k|(?<=\d\d)K)\b"), " thousand"),
)


def spoken_measures(text: str) -> str:
    """Write out units, ordinals, ranges and signs between numbers."""
    text = _ORDINAL.sub(lambda m: ordinal(int(m[1])), text)
    text = _RANGE.sub(r"\1 to \2", text)
    text = _MINUS.sub("minus ", text)
    for pattern, instead in _BETWEEN:
        text = pattern.sub(instead, text)
    text = _PER.sub(lambda m: f"per {UNITS[m[1]][0]}", text)
    return _MEASURE.sub(_measure, text)


def ordinal(number: int) -> str:
    """Write an ordinal below a thousand: 21 -> "twenty first", 105 -> "1 hundred and fifth"."""
    hundreds, rest = divmod(number, 100)
    if hundreds:
        return f"{hundreds} hundred" + (f" and {ordinal(rest)}" if rest else "th")
    if rest < len(_ONES):
        return _ONES[rest]
    tens, ones = divmod(rest, 10)
    return f"{_TENS[tens][0]} {_ONES[ones]}" if ones else _TENS[tens][1]


def _measure(match: re.Match[str]) -> str:
    number, unit = match[1], match[2]
    known = unit if unit in UNITS else _BY_CASE.get(unit.lower())
    if known is None or (unit != known and known in _AS_WRITTEN):
        return match[0]
    one, many = UNITS[known]
    # The stop of "5 km. The" ends the sentence; that of "5 km. long" belongs to the unit.
    ends = match[0].endswith(".") and not known.endswith(".") and not match[3]
    return f"{number} {one if number == '1' else many}" + ("." if ends else "")
