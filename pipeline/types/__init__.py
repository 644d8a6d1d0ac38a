"""The values that flow from a photo and a script to a video.

Frozen inside, plain enough for JSON at the doors. Nothing here knows Telegram, a database, a codec
or a tensor. ``owner`` and ``reply_to`` are opaque: the door writes and reads them.

Where the next one goes: a value that two packages share comes here, into the module of its
meaning; one that stays inside a package stays there.
"""

from pipeline.types.asked import Film, RecordedScript, RenderRequest, Script, TextScript
from pipeline.types.audit import AuditRow
from pipeline.types.consent import Consent, Handshake, Permission
from pipeline.types.health import Finding, Health
from pipeline.types.jobs import CopyKind, Failure, Job, JobState
from pipeline.types.names import (
    ArtifactKey,
    ConsentId,
    EngineChoice,
    EngineName,
    JobId,
    Motion,
    Owner,
    SourceKind,
    Stage,
    VoiceId,
)
from pipeline.types.portrait import Box, FaceFault, FaceNote, PortraitVerdict, SeenFace
from pipeline.types.reports import Decision, PhotoPrint, Reminder, Report, ReportKind
from pipeline.types.speech import Speech, Timing, Utterance, Voice, VoiceChange
from pipeline.types.video import Note, Progress, RenderResult, Stretch, Video
from pipeline.types.wishes import Quality, Shape

__all__ = [
    "ArtifactKey",
    "AuditRow",
    "Box",
    "Consent",
    "ConsentId",
    "CopyKind",
    "Decision",
    "EngineChoice",
    "EngineName",
    "FaceFault",
    "FaceNote",
    "Failure",
    "Film",
    "Finding",
    "Handshake",
    "Health",
    "Job",
    "JobId",
    "JobState",
    "Motion",
    "Note",
    "Owner",
    "Permission",
    "PhotoPrint",
    "PortraitVerdict",
    "Progress",
    "Quality",
    "RecordedScript",
    "Reminder",
    "RenderRequest",
    "RenderResult",
    "Report",
    "ReportKind",
    "Script",
    "SeenFace",
    "Shape",
    "SourceKind",
    "Speech",
    "Stage",
    "Stretch",
    "TextScript",
    "Timing",
    "Utterance",
    "Video",
    "Voice",
    "VoiceChange",
    "VoiceId",
]
