"""One typed tree of settings, and the only reader of TOML and of the environment.

``tree`` says what there is, ``load`` where the values come from, ``listing`` writes them down.
"""

from pipeline.settings.load import (
    Loaded,
    child_environment,
    load_settings,
    load_with_sources,
    read_settings,
    switch_libraries,
)
from pipeline.settings.operating import HealthSettings, LogSettings
from pipeline.settings.providers import EdgeSettings, OpenAISettings, OpenAIVoice
from pipeline.settings.safety import LabelSettings, ProvenanceSettings
from pipeline.settings.section import Section
from pipeline.settings.storing import StoreSettings
from pipeline.settings.tree import (
    FootageSettings,
    JobsSettings,
    LatentSyncSettings,
    LipsyncSettings,
    PortraitSettings,
    Settings,
    SpeechSettings,
    TelegramSettings,
)

__all__ = [
    "EdgeSettings",
    "FootageSettings",
    "HealthSettings",
    "JobsSettings",
    "LabelSettings",
    "LatentSyncSettings",
    "LipsyncSettings",
    "Loaded",
    "LogSettings",
    "OpenAISettings",
    "OpenAIVoice",
    "PortraitSettings",
    "ProvenanceSettings",
    "Section",
    "Settings",
    "SpeechSettings",
    "StoreSettings",
    "TelegramSettings",
    "child_environment",
    "load_settings",
    "load_with_sources",
    "read_settings",
    "switch_libraries",
]
