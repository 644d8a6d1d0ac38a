"""Hindi words and names that Indians write in Latin letters, as the Hindi table should read them.

English rules read "namaste" as "namast". A word here goes to espeak-ng in Devanagari instead. Only
words that no English sentence means otherwise (so no "main", "hum", "to"). Knows no phonemes. The
next word is a row; a few hundred frequent ones are still missing.
"""

from __future__ import annotations

IN_DEVANAGARI = {
    "aaj": "आज",
    "aap": "आप",
    "aapka": "आपका",
    "aapke": "आपके",
    "aapki": "आपकी",
    "accha": "अच्छा",
    "achha": "अच्छा",
    "bahut": "बहुत",
    "bengaluru": "बेंगलुरु",
    "bhai": "भाई",
    "bharat": "भारत",
    "chai": "चाय",
    "chennai": "चेन्नई",
    "dhanyavaad": "धन्यवाद",
    "dhanyavad": "धन्यवाद",
    "dilli": "दिल्ली",
    "diwali": "दिवाली",
    "dost": "दोस्त",
    "doston": "दोस्तों",
    "ghar": "घर",
    "haan": "हाँ",
    "hai": "है",
    "hain": "हैं",
    "hyderabad": "हैदराबाद",
    "jaldi": "जल्दी",
    "kaise": "कैसे",
    "karenge": "करेंगे",
    "kolkata": "कोलकाता",
    "kuch": "कुछ",
    "kya": "क्या",
    "kyun": "क्यों",
    "maharashtra": "महाराष्ट्र",
    "mera": "मेरा",
    "meri": "मेरी",
    "mumbai": "मुंबई",
    "naam": "नाम",
    "nagpur": "नागपुर",
    "nahi": "नहीं",
    "nahin": "नहीं",
    "namaskar": "नमस्कार",
    "namaste": "नमस्ते",
    "paani": "पानी",
    "priya": "प्रिया",
    "pyaar": "प्यार",
    "ravi": "रवि",
    "shukriya": "शुक्रिया",
    "swagat": "स्वागत",
    "woh": "वह",
    "yeh": "यह",
    "zindagi": "ज़िंदगी",
}


def in_devanagari(word: str) -> str | None:
    """Give a Hindi word written in Latin letters as Hindi writes it, or None for another word."""
    return IN_DEVANAGARI.get(word.lower())
