"""For tests that speak and are not about speech: the embedded voice, never the network."""

from pipeline.settings import SpeechSettings
from pipeline.types import VoiceId

VOICE = VoiceId("embedded-en-in-f")
SPEECH = SpeechSettings(chain=("embedded",), voice=VOICE)
ENVIRONMENT = {"BOLTI_SPEECH__CHAIN": '["embedded"]', "BOLTI_SPEECH__VOICE": VOICE}
"""The same, for a process."""
