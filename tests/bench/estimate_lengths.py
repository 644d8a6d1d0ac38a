"""How far the estimate of a script's length is from what the embedded voices then speak.

``python -m tests.bench.estimate_lengths`` speaks 126 texts (English, Hindi, both mixed, romanised
Hindi, other Indian writings; one to four sentences) and prints, per kind: texts, mean and 95th
percentile of the error, the worst, and the share within 15 percent. Online voices are not asked.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from pipeline.child import Child
from pipeline.settings import SpeechSettings, child_environment
from pipeline.speech.embedded import EmbeddedSynthesizer
from pipeline.speech.samples import sample_texts
from pipeline.speech.text import plan_script
from pipeline.types import Utterance, VoiceId

WITHIN = 0.15
SETTINGS = SpeechSettings(max_s=120.0)

ENGLISH = (
    "Good morning to all of you.",
    "The train to Nagpur leaves at 6:30 am from platform 12.",
    "Please pay ₹1,50,000.50 before 31/03/2026, or call +91 98765 43210.",
    "Dr. Rao said that the results are much better than last year!",
    "Happy birthday, my dear friend; may you have many more.",
    "Our shop is open from Monday to Saturday, 9 am to 8 pm.",
    "I could not believe my eyes when I saw the mountains for the first time.",
    "Water is very important for the development of the village.",
    "Only 25% of the seats are left, so book today.",
    "My grandmother used to tell us stories every evening under the neem tree.",
    "Send the OTP to nobody, not even to the bank.",
    "The monsoon reached Kerala on 1st June, three days early.",
)
HINDI = (
    "आप सबको सुप्रभात।",
    "नमस्ते दोस्तों, आज मैं आपको एक कहानी सुनाता हूँ।",
    "कल सुबह दस बजे सब लोग स्कूल के मैदान में मिलेंगे।",
    "हमारी दुकान सोमवार से शनिवार तक खुली रहती है।",
    "जन्मदिन की बहुत-बहुत शुभकामनाएँ, मेरे प्यारे भाई!",
    "इस साल बारिश अच्छी हुई, इसलिए फसल भी अच्छी है।",
    "कृपया 500 रुपये जमा करें और रसीद ले लें।",
    "मेरी दादी हर शाम नीम के पेड़ के नीचे कहानियाँ सुनाती थीं।",
    "पानी गाँव के विकास के लिए बहुत ज़रूरी है।",
    "क्या आप मुझे स्टेशन का रास्ता बता सकते हैं?",
    "सरकार ने किसानों के लिए नई योजना की घोषणा की है।",
    "धन्यवाद, फिर मिलेंगे।",
)
MIXED = (
    "नमस्ते everyone, welcome to our new office.",
    "कल की meeting सुबह 10 बजे है, please be on time.",
    "मेरा phone खराब हो गया, so I could not call you.",
    "Happy Diwali! आप सबको दीपावली की शुभकामनाएँ।",
    "यह offer सिर्फ Sunday तक है, जल्दी कीजिए।",
    "Our teacher said, पढ़ाई पर ध्यान दो, and we listened.",
    "बस stop पर wait कर रहा हूँ, traffic बहुत है।",
    "The price is 500 रुपये, बस इतना ही।",
)
ROMANISED = (
    "Namaste doston, kaise ho aap sab?",
    "Aaj hum ek nayi kahani sunenge, dhyan se suniye.",
    "Mujhe yeh gaana bahut pasand hai.",
    "Kal subah jaldi uthna hai, train chhoot jayegi.",
    "Chalo bhai, chai peete hain aur baat karte hain.",
    "Aapka bahut bahut dhanyavaad, phir milenge.",
)


def texts() -> dict[str, list[str]]:
    """Make the texts of each kind: single sentences, pairs, and four in a row."""
    kinds = {"English": ENGLISH, "Hindi": HINDI, "mixed": MIXED, "romanised": ROMANISED}
    made = {name: [*grown(sentences)] for name, sentences in kinds.items()}
    others = [text for locale, text in sample_texts().items() if locale not in ("en-IN", "hi-IN")]
    return made | {"other writings": [*others, " ".join(others[:2])]}


def grown(sentences: Sequence[str]) -> list[str]:
    """Put sentences together in runs of one, two and four, each beginning with another."""
    runs = (
        [" ".join(sentences[(at + i) % len(sentences)] for i in range(size))]
        for size in (1, 2, 4)
        for at in range(len(sentences))
    )
    return [*chain.from_iterable(runs)]


async def errors_of(
    speaker: EmbeddedSynthesizer, scripts: Sequence[str], into: Path
) -> list[float]:
    """Speak each text and give the relative error of its estimate."""
    found = []
    for at, text in enumerate(scripts):
        voice = VoiceId("embedded-en-in-f" if at % 2 else "embedded-hi-m")
        plan = plan_script(text, SETTINGS)
        speech = await speaker.synthesize(Utterance(text=plan.text, voice_id=voice), into)
        found.append(plan.duration_s / speech.duration_s - 1)
    return found


async def main() -> None:
    """Measure and print the table."""
    speaker = EmbeddedSynthesizer(
        SETTINGS, Child("speech", "pipeline.speech", child_environment())
    )
    print(f"{'kind':16} texts  bias %  mean %   p95 %  worst %   ≤15 %")
    everything: list[float] = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            for kind, scripts in texts().items():
                found = await errors_of(speaker, scripts, Path(folder) / "a.wav")
                everything += found
                show(kind, found)
    finally:
        await speaker.close()
    show("all", everything)


def show(kind: str, found: Sequence[float]) -> None:
    """Print one row."""
    off = np.abs(found) * 100
    within = float(np.mean(off <= 100 * WITHIN) * 100)
    print(
        f"{kind:16}{len(off):6}{np.mean(found) * 100:8.1f}{off.mean():8.1f}"
        f"{np.percentile(off, 95):8.1f}{off.max():9.1f}{within:8.0f}"
    )


if __name__ == "__main__":
    asyncio.run(main())
