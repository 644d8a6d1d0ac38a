"""Every setting: its type, its default, its meaning.

The docstring under a field is its description: in the code, in ``config/default.toml`` and in the
error text. What a setting does, and where its value comes from, is not known here.

Where the next one goes: a field with a docstring in its section; then
``bolti settings --default > config/default.toml``, which a test holds in step.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from pipeline import errors
from pipeline.settings.access import AccessSettings
from pipeline.settings.alerts import AlertSettings
from pipeline.settings.operating import HealthSettings, LogSettings, secrets_in
from pipeline.settings.providers import EdgeSettings, OpenAISettings
from pipeline.settings.safety import LabelSettings, PrivacySettings, ProvenanceSettings
from pipeline.settings.section import Section
from pipeline.settings.storing import StoreSettings
from pipeline.types import EngineChoice, Motion, VoiceId


class TelegramSettings(Section):
    """The bot's door to Telegram."""

    token: SecretStr | None = None
    """The bot's token. A secret: from the environment or a secret file, never from TOML."""
    api_url: str = "https://api.telegram.org"
    """Where the Bot API answers; change it for a server of your own."""
    webhook_url: str = Field(default="", pattern=r"^(https://[^/?#]+/\S+)?$")
    """The public https address, path included, to which Telegram shall send updates; without one
    the bot asks for them."""
    webhook_listen: str = "127.0.0.1"
    """Where the bot listens for them, behind the server that ends TLS for the public address."""
    webhook_port: int = Field(default=8081, ge=0, le=65535)
    """The port for that."""
    local_files: bool = False
    """The Bot API server is your own, started with `--local`, and sees this machine's files: they
    go by path, up to 2 GB."""
    poll_timeout_s: int = Field(default=25, ge=1, le=50)
    """How long one request for updates waits at Telegram."""
    retry_s: float = Field(default=2.0, gt=0, le=60)
    """First pause after Telegram could not be reached; it doubles up to one minute."""
    progress_interval_s: float = Field(default=3.0, ge=0, le=60)
    """Shortest time between two edits of one progress message, stage changes apart."""
    confirm_above_s: float = Field(default=30.0, ge=0, le=600)
    """A speech longer than this is made only after its person has said yes."""
    group_progress_interval_s: float = Field(default=10.0, ge=0, le=300)
    """Shortest time between two edits of one progress message in a group."""
    group_line_after_s: float = Field(default=15.0, ge=0, le=600)
    """How long somebody in a group waits before a line there says where their video is."""
    send_timeout_s: float = Field(default=300.0, ge=1, le=3600)
    """How long the upload of one video may take before its outcome counts as unknown."""
    uploads_at_once: int = Field(default=2, ge=1, le=50)
    """How many videos are uploaded at once; each is held in memory whole."""
    drain_s: float = Field(default=10.0, ge=0, le=300)
    """How long a stopping bot waits for an upload in progress."""

    def require_token(self) -> SecretStr:
        """Return the token, or say how to set it."""
        if self.token is None or not self.token.get_secret_value().strip():
            raise errors.SettingsInvalid(
                "The bot needs a token: set BOLTI_TELEGRAM__TOKEN, or put it into a file named "
                "telegram__token in the folder that BOLTI_SECRETS names. @BotFather gives you one."
            )
        return self.token


class PortraitSettings(Section):
    """Which photos are taken."""

    max_bytes: int = Field(default=10_000_000, ge=1_000, le=20_000_000)
    """Largest photo file, in bytes; refused before it is opened."""
    max_pixels: int = Field(default=25_000_000, ge=10_000, le=25_000_000)
    """Most pixels of a photo; checked in its header, before it is decoded."""
    max_side_px: int = Field(default=8_000, ge=256, le=16_000)
    """Longest side of a photo."""
    min_side_px: int = Field(default=128, ge=32)
    """Shortest side of a photo."""
    min_eye_distance_px: float = Field(default=40.0, ge=10)
    """Smallest face: distance of the outer eye corners in the photo, in pixels."""
    max_yaw_deg: float = Field(default=45.0, ge=5, le=90)
    """How far a face may look to the side."""
    warn_yaw_deg: float = Field(default=35.0, ge=0, le=90)
    """From where on the user is told that it looks far to the side."""
    limit_s: float = Field(default=20.0, ge=1, le=120)
    """Longest look at one photo."""


class FootageSettings(Section):
    """Which videos are taken as the face."""

    max_bytes: int = Field(default=200_000_000, ge=1_000)
    """Largest video file, in bytes; refused before it is opened."""
    max_pixels: int = Field(default=9_000_000, ge=10_000, le=40_000_000)
    """Most pixels of one frame; checked before it is decoded."""
    min_side_px: int = Field(default=128, ge=32)
    """Shortest side of a video."""
    max_s: float = Field(default=60.0, ge=1, le=600)
    """How much of a video is used; what follows is cut."""
    size_px: int = Field(default=1280, ge=128, le=1920, multiple_of=2)
    """Longer side of the video that is made of it; a smaller one stays as it is."""
    min_eye_distance_px: float = Field(default=30.0, ge=10)
    """Smallest face: distance of the outer eye corners at that size, in pixels."""
    limit_s: float = Field(default=300.0, ge=1, le=3600)
    """Longest look at one video."""


class SpeechSettings(Section):
    """Who speaks the script, and how long it may be."""

    chain: tuple[Literal["edge", "openai", "embedded"], ...] = Field(
        default=("edge", "embedded"), min_length=1
    )
    """Providers of speech, in the order they are tried: edge, openai, embedded."""
    voice: VoiceId = VoiceId("en-IN-NeerjaNeural")
    """The voice that speaks when nobody chose one."""
    max_s: float = Field(default=60.0, ge=1, le=600)
    """Longest speech, in seconds."""
    max_chars: int = Field(default=4_000, ge=10, le=10_000)
    """Longest script, in characters; a second fence beside the length of the speech."""
    max_sound_bytes: int = Field(default=20_000_000, ge=1_000)
    """Largest recording, in bytes."""
    limit_s: float = Field(default=60.0, ge=1, le=600)
    """Longest time that one provider may take for the speech of one script."""
    cache_bytes: int = Field(default=1_000_000_000, ge=0)
    """How much speech is kept to be used again; the oldest goes first. 0: none."""
    cache_hours: float = Field(default=24.0, gt=0, le=720)
    """How long a speech is kept to be used again, from its making."""
    pronunciations: str = ""
    """A TOML file of words and how to write them so that they sound right; empty: none."""
    clean_recordings: bool = False
    """Take steady noise out of recordings."""
    whisper_model: str = ""
    """A folder with a faster-whisper model that turns recordings into words; empty: the one that
    `bolti models pull whisper-small` brings."""
    transcribe_limit_s: float = Field(default=120.0, ge=1, le=1200)
    """How long turning one recording into words may take."""
    edge: EdgeSettings = EdgeSettings()
    openai: OpenAISettings = OpenAISettings()

    @property
    def max_recording_s(self) -> float:
        """Longest recording, with the silence around its speech, which does not count."""
        return 3 * self.max_s

    @model_validator(mode="after")
    def _the_chain_can_be_asked(self) -> Self:
        if "openai" in self.chain and not (self.openai.url and self.openai.voices):
            raise ValueError("it names openai, so openai.url and openai.voices must be set")
        if len(set(self.chain)) != len(self.chain):
            raise ValueError("its chain names a provider twice")
        return self


class LipsyncSettings(Section):
    """The engine that moves the lips, and the video it makes."""

    engine: EngineChoice = EngineChoice.AUTO
    """auto takes latentsync where CUDA and verified weights are there, else warp."""
    motion: Motion = Motion.SUBTLE
    """What a still does beside speaking: off, or subtle or lively blinks, sways and nods."""
    size_px: int = Field(default=512, ge=128, le=1024, multiple_of=2)
    """Longer side of the video."""
    best_size_px: int = Field(default=768, ge=128, le=1024, multiple_of=2)
    """Longer side of a video of the best quality."""
    preview_size_px: int = Field(default=384, ge=128, le=768, multiple_of=2)
    """Longer side of a preview, and of a video of the fast quality."""
    fps: int = Field(default=25, ge=10, le=60)
    """Frames per second of the video."""
    limit_s: float = Field(default=900.0, ge=1, le=7200)
    """Longest time one render may take; then its process is killed."""
    silence_s: float = Field(default=300.0, ge=1, le=3600)
    """Longest time one render may show no progress; then its process is killed."""


class LatentSyncSettings(Section):
    """The GPU engine. Its weights come by `bolti models pull`."""

    weights: str = ""
    """Folder of the weights, one folder per release in it; empty: weights in data_dir."""
    release: Literal["latentsync-1.6", "latentsync-1.5"] = "latentsync-1.6"
    """1.6 makes faces of 512 pixels, 1.5 of 256 in about a quarter of the time. Where both are
    pulled, 1.5 also stands in when memory runs out."""
    devices: tuple[Annotated[str, Field(pattern=r"^(cpu|cuda(:\d+)?)$")], ...] = Field(
        default=("cuda",), min_length=1, max_length=16
    )
    """What it runs on; the parts of one video are shared between several: ["cuda:0", "cuda:1"].
    ["cpu"] works where lipsync.engine names it, at minutes per second of video."""
    steps: int = Field(default=20, ge=1, le=50)
    """Denoising steps: more take longer and are cleaner."""
    guidance_scale: float = Field(default=1.5, ge=1.0, le=3.0)
    """How strictly the lips follow the sound: much of it distorts, 1 takes half the time."""
    step_caching: bool = True
    """Reuse deep features between steps: about 2.4 times as fast, slightly other pictures."""
    seed: int = Field(default=1247, ge=0, le=4_294_967_295)
    """The noise that every video starts from; the same seed makes the same video again."""


class JobsSettings(Section):
    """The queue of orders and renders."""

    database: str = ""
    """sqlite:///… or postgresql://…; empty: a file in data_dir."""
    executor: str = "local"
    """Name of this process in the queue; two live processes must not share one."""
    poll_s: float = Field(default=0.5, gt=0.05, le=10)
    """How often the queues are looked at."""
    sweep_s: float = Field(default=2.0, gt=0.1, le=60)
    """How often the work of dead processes is looked for."""
    open_per_owner: int = Field(default=3, ge=1, le=100)
    """How many unfinished jobs one person may have."""
    open_in_all: int = Field(default=200, ge=1, le=100_000)
    """With so many unfinished jobs the line is full: no new one is taken."""
    renders: tuple[Literal["auto", "latentsync", "warp"], ...] = ("auto",)
    """Which engines this process renders with. auto: warp, and latentsync where a GPU and its
    weights are; [] for a bot that leaves all rendering to workers."""
    previews: bool = True
    """While a video waits for a GPU, show a quick preview by the warp engine."""
    attempts: int = Field(default=3, ge=1, le=20)
    """How often a render is tried when its process dies."""


class Settings(Section):
    """The whole tree."""

    data_dir: Path = Path("data")
    """Where everything is kept that must outlive the process."""
    telegram: TelegramSettings = TelegramSettings()
    access: AccessSettings = AccessSettings()
    alerts: AlertSettings = AlertSettings()
    portrait: PortraitSettings = PortraitSettings()
    footage: FootageSettings = FootageSettings()
    speech: SpeechSettings = SpeechSettings()
    lipsync: LipsyncSettings = LipsyncSettings()
    latentsync: LatentSyncSettings = LatentSyncSettings()
    label: LabelSettings = LabelSettings()
    provenance: ProvenanceSettings = ProvenanceSettings()
    privacy: PrivacySettings = PrivacySettings()
    jobs: JobsSettings = JobsSettings()
    store: StoreSettings = StoreSettings()
    health: HealthSettings = HealthSettings()
    log: LogSettings = LogSettings()

    @property
    def database_url(self) -> str:
        """The database of jobs and rows; by default an SQLite file in ``data_dir``."""
        return self.jobs.database or f"sqlite:///{self.data_dir.resolve() / 'bolti.db'}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be written anywhere."""
        return tuple(secrets_in(self))

    @property
    def store_url(self) -> str:
        """The artifact store; by default a folder in ``data_dir``."""
        return self.store.url or f"file://{self.data_dir.resolve() / 'artifacts'}"

    @property
    def backup_dir(self) -> Path:
        """Where copies of the database lie; by default a folder in ``data_dir``."""
        return Path(self.store.backup_folder or self.data_dir / "backups").resolve()

    @property
    def speech_dir(self) -> Path:
        """Where speech is kept to be used again, and the newest list of online voices."""
        return self.data_dir.resolve() / "speech"

    @property
    def latentsync_in_place(self) -> LatentSyncSettings:
        """The section ``latentsync`` ; its weights are by default in ``data_dir``."""
        folder = Path(self.latentsync.weights or self.data_dir / "weights").resolve()
        return self.latentsync.model_copy(update={"weights": str(folder)})

    @property
    def provenance_in_place(self) -> ProvenanceSettings:
        """The section ``provenance``; its folder is by default in ``data_dir``."""
        folder = Path(self.provenance.folder or self.data_dir / "provenance").resolve()
        return self.provenance.model_copy(update={"folder": str(folder)})

    @property
    def speech_in_place(self) -> SpeechSettings:
        """The section ``speech``; its whisper model is by default beside the other weights."""
        beside = Path(self.latentsync_in_place.weights) / "whisper-small"
        folder = self.speech.whisper_model or str(beside)
        return self.speech.model_copy(update={"whisper_model": folder})

    @property
    def scratch_dir(self) -> Path:
        """Where jobs have their temporary folders."""
        return Path(self.store.scratch_folder or self.data_dir / "scratch").absolute()
