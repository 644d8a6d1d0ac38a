"""Settings of where things are kept, how long, and how they are sealed."""

from __future__ import annotations

from pydantic import Field, SecretStr

from pipeline.settings.section import Section


class StoreSettings(Section):
    """Where photos, recordings and videos are kept, and for how long."""

    url: str = ""
    """file:///… or s3://…; empty: a folder in data_dir."""
    s3_endpoint: str = ""
    """Address of an S3 server of your own, http:// or https://; empty: Amazon's."""
    s3_region: str = ""
    """Region of the bucket; empty: what AWS_REGION says."""
    s3_key_id: SecretStr | None = None
    """Who asks the bucket. A secret; without it, what AWS_ACCESS_KEY_ID or the machine says."""
    s3_key: SecretStr | None = None
    """The secret key of s3_key_id."""
    keep_hours: float = Field(default=24.0, gt=0, le=8760)
    """How long photos, scripts and videos of finished jobs are kept."""
    draft_minutes: float = Field(default=30.0, gt=0, le=1440)
    """How long an unfinished request waits for its other half."""
    min_free_bytes: int = Field(default=500_000_000, ge=0)
    """Below this much free disk no new job is taken."""
    scratch_folder: str = ""
    """Where the parts of a video lie while it is made; empty: a folder in data_dir. They are not
    sealed, since engines read them: with encryption_key, name a folder in memory (tmpfs) of
    min_free_bytes and 500 MB more, which no other deployment uses."""
    backups: bool = True
    """Whether the bot copies its SQLite database every hour: 24 hourly and 7 daily copies are
    kept. Not sealed by encryption_key. For PostgreSQL use its own tools."""
    backup_folder: str = ""
    """Where the copies lie; empty: a folder in data_dir. Another disk is better."""
    encryption_key: SecretStr | None = Field(default=None, min_length=16)
    """The secret that stored photos, scripts, videos, drafts and kept speech are sealed with.
    Keep it elsewhere: without it they are lost."""
    former_encryption_key: SecretStr | None = None
    """The one before it, for as long as things sealed with it are kept (`store.keep_hours`)."""
