"""Everything that can go wrong, drawn as a tree.

::

    BoltiError
    ├── SettingsInvalid
    ├── PortraitError          the photo cannot be used
    │   ├── PictureUnreadable
    │   ├── PictureTooLarge
    │   ├── PictureTooSmall
    │   ├── PictureAnimated
    │   ├── NoFaceFound
    │   ├── FaceCovered
    │   ├── FaceTooSmall
    │   └── FaceTurnedAway
    ├── FootageError           the video that shall speak cannot be used
    │   ├── VideoUnreadable
    │   ├── VideoTooLarge
    │   ├── VideoTooSmall
    │   ├── NoFaceInVideo
    │   ├── FilmedFaceTooSmall
    │   └── NoSuchFace
    ├── ScriptError            the words or the recording cannot be spoken
    │   ├── ScriptEmpty
    │   ├── ScriptUnreadable
    │   ├── OptionUnknown
    │   ├── ScriptTooLong
    │   ├── SoundUnreadable
    │   ├── SoundTooLarge
    │   ├── SoundTooLong
    │   └── NoSpeechFound
    ├── SpeechError
    │   ├── SpeechUnavailable      retryable
    │   ├── TranscriberUnavailable
    │   └── VoiceUnknown
    ├── EngineError
    │   ├── EngineUnavailable
    │   ├── PhotosOnly
    │   ├── RenderFailed
    │   ├── ChildDied              retryable
    │   ├── ChildTimedOut          retryable
    │   ├── ChildStuck             retryable
    │   ├── WeightsUnusable
    │   ├── WeightsNotPulled
    │   ├── MemoryExhausted
    │   ├── DeviceFault            retryable
    │   └── VideoNotSigned
    ├── JobError
    │   ├── JobNotFound
    │   ├── JobCancelled
    │   ├── TooManyJobs
    │   ├── LineFull
    │   ├── IntakeClosed
    │   │   └── UnderMaintenance
    │   ├── DeliveryDelayed        retryable
    │   ├── OwnerUnreachable
    │   └── ExecutorAlreadyRunning
    ├── AccessError            not for this person, or not more of it today
    │   ├── NotInvited
    │   ├── Banned
    │   ├── InvitationUsedUp
    │   ├── DailyLimitReached ── GroupDailyLimitReached, MemberDailyLimitReached
    │   ├── GroupLineFull
    │   ├── GroupSwitchedOff
    │   ├── GroupAdminsOnly
    │   ├── GroupMute
    │   ├── GroupTakesNoVideos
    │   └── AskedTooOften
    ├── StoreError
    │   ├── ArtifactMissing
    │   ├── FileNotFetched
    │   ├── DiskFull               retryable
    │   ├── BackupUnusable
    │   ├── DatabaseInUse
    │   ├── DatabaseNotUtf8
    │   └── StoreUnavailable       retryable
    └── SafetyError            to protect the person in the picture
        ├── AuditBroken
        ├── ConsentMissing
        ├── PhotoBlocked
        ├── TooManyReports
        └── WordingChanged

A class is named for what happened. ``code`` picks the sentence in ``config/texts``, ``retryable``
tells the caller whether trying again can help, ``exit_code`` is the status of ``bolti``. The text
carries the values and says what to do; it never carries a script, a name or a secret.

Where the next one goes: a class in the file of its branch, its sentence in every file of
``config/texts``; a test asks.
"""

from pipeline.errors.access import (
    AccessError,
    AskedTooOften,
    Banned,
    DailyLimitReached,
    GroupAdminsOnly,
    GroupDailyLimitReached,
    GroupLineFull,
    GroupMute,
    GroupSwitchedOff,
    GroupTakesNoVideos,
    InvitationUsedUp,
    MemberDailyLimitReached,
    NotInvited,
)
from pipeline.errors.engine import (
    ChildDied,
    ChildStuck,
    ChildTimedOut,
    DeviceFault,
    EngineError,
    EngineUnavailable,
    MemoryExhausted,
    PhotosOnly,
    RenderFailed,
    VideoNotSigned,
    WeightsNotPulled,
    WeightsUnusable,
)
from pipeline.errors.footage import (
    FilmedFaceTooSmall,
    FootageError,
    NoFaceInVideo,
    NoSuchFace,
    VideoTooLarge,
    VideoTooSmall,
    VideoUnreadable,
)
from pipeline.errors.jobs import (
    DeliveryDelayed,
    ExecutorAlreadyRunning,
    IntakeClosed,
    JobCancelled,
    JobError,
    JobNotFound,
    LineFull,
    OwnerUnreachable,
    TooManyJobs,
    UnderMaintenance,
)
from pipeline.errors.pipe import every_error, revive, wire
from pipeline.errors.portrait import (
    FaceCovered,
    FaceTooSmall,
    FaceTurnedAway,
    NoFaceFound,
    PictureAnimated,
    PictureTooLarge,
    PictureTooSmall,
    PictureUnreadable,
    PortraitError,
)
from pipeline.errors.root import BUG, BoltiError, SettingsInvalid
from pipeline.errors.safety import (
    AuditBroken,
    ConsentMissing,
    PhotoBlocked,
    SafetyError,
    TooManyReports,
    WordingChanged,
)
from pipeline.errors.script import (
    NoSpeechFound,
    OptionUnknown,
    ScriptEmpty,
    ScriptError,
    ScriptTooLong,
    ScriptUnreadable,
    SoundTooLarge,
    SoundTooLong,
    SoundUnreadable,
)
from pipeline.errors.speech import (
    SpeechError,
    SpeechUnavailable,
    TranscriberUnavailable,
    VoiceUnknown,
)
from pipeline.errors.store import (
    ArtifactMissing,
    BackupUnusable,
    DatabaseInUse,
    DatabaseNotUtf8,
    DiskFull,
    FileNotFetched,
    StoreError,
    StoreUnavailable,
)

__all__ = [
    "BUG",
    "AccessError",
    "ArtifactMissing",
    "AskedTooOften",
    "AuditBroken",
    "BackupUnusable",
    "Banned",
    "BoltiError",
    "ChildDied",
    "ChildStuck",
    "ChildTimedOut",
    "ConsentMissing",
    "DailyLimitReached",
    "DatabaseInUse",
    "DatabaseNotUtf8",
    "DeliveryDelayed",
    "DeviceFault",
    "DiskFull",
    "EngineError",
    "EngineUnavailable",
    "ExecutorAlreadyRunning",
    "FaceCovered",
    "FaceTooSmall",
    "FaceTurnedAway",
    "FileNotFetched",
    "FilmedFaceTooSmall",
    "FootageError",
    "GroupAdminsOnly",
    "GroupDailyLimitReached",
    "GroupLineFull",
    "GroupMute",
    "GroupSwitchedOff",
    "GroupTakesNoVideos",
    "IntakeClosed",
    "InvitationUsedUp",
    "JobCancelled",
    "JobError",
    "JobNotFound",
    "LineFull",
    "MemberDailyLimitReached",
    "MemoryExhausted",
    "NoFaceFound",
    "NoFaceInVideo",
    "NoSpeechFound",
    "NoSuchFace",
    "NotInvited",
    "OptionUnknown",
    "OwnerUnreachable",
    "PhotoBlocked",
    "PhotosOnly",
    "PictureAnimated",
    "PictureTooLarge",
    "PictureTooSmall",
    "PictureUnreadable",
    "PortraitError",
    "RenderFailed",
    "SafetyError",
    "ScriptEmpty",
    "ScriptError",
    "ScriptTooLong",
    "ScriptUnreadable",
    "SettingsInvalid",
    "SoundTooLarge",
    "SoundTooLong",
    "SoundUnreadable",
    "SpeechError",
    "SpeechUnavailable",
    "StoreError",
    "StoreUnavailable",
    "TooManyJobs",
    "TooManyReports",
    "TranscriberUnavailable",
    "UnderMaintenance",
    "VideoNotSigned",
    "VideoTooLarge",
    "VideoTooSmall",
    "VideoUnreadable",
    "VoiceUnknown",
    "WeightsNotPulled",
    "WeightsUnusable",
    "WordingChanged",
    "every_error",
    "revive",
    "wire",
]
