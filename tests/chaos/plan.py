"""What one run of chaos is to be: how many kills, how many people, on which database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.settings import JobsSettings, Settings, StoreSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run."""

    folder: Path
    database: str = ""
    """A URL; empty: an SQLite file in the folder."""
    store: StoreSettings | None = None
    """Where artifacts are kept; None: a folder that all share."""
    takes_s: float | None = None
    """How long each render takes; None: now this, now that."""
    kills: int = 12
    people: int = 8
    workers: int = 2
    seed: int = 1
    pause_s: tuple[float, float] = (0.4, 2.0)
    """Between two harms."""
    order_every_s: float = 1.6
    settles_within_s: float = 180.0

    @property
    def database_url(self) -> str:
        """The database that bot and workers share."""
        return self.database or f"sqlite:///{self.folder / 'shared.db'}"

    def prune_settings(self, data_dir: Path) -> Settings:
        """Give what pruning on one machine needs to know."""
        return Settings(
            data_dir=data_dir,
            jobs=JobsSettings(database=self.database_url),
            store=StoreSettings(url=f"file://{self.folder / 'artifacts'}"),
        )

    def _store(self) -> dict[str, str]:
        store = self.store
        if store is None:
            return {"BOLTI_STORE__URL": f"file://{self.folder / 'artifacts'}"}
        assert store.s3_key_id is not None
        assert store.s3_key is not None
        return {
            "BOLTI_STORE__URL": store.url,
            "BOLTI_STORE__S3_ENDPOINT": store.s3_endpoint,
            "BOLTI_STORE__S3_REGION": store.s3_region,
            "BOLTI_STORE__S3_KEY_ID": store.s3_key_id.get_secret_value(),
            "BOLTI_STORE__S3_KEY": store.s3_key.get_secret_value(),
        }

    def settings(self, name: str) -> dict[str, str]:
        """Give the settings of one process, as its environment."""
        return {
            "BOLTI_JOBS__DATABASE": self.database_url,
            "BOLTI_JOBS__EXECUTOR": name,
            "BOLTI_JOBS__RENDERS": "[]" if name == "bot" else '["warp"]',
            "BOLTI_JOBS__POLL_S": "0.2",
            "BOLTI_JOBS__SWEEP_S": "0.5",
            "BOLTI_JOBS__OPEN_PER_OWNER": "100",
            "BOLTI_JOBS__OPEN_IN_ALL": "10000",
            "BOLTI_ACCESS__JOBS_PER_DAY": "0",
            "BOLTI_JOBS__ATTEMPTS": "6",
            "BOLTI_LIPSYNC__SILENCE_S": "20",
            "BOLTI_STORE__MIN_FREE_BYTES": "0",
            **self._store(),
            "BOLTI_TELEGRAM__POLL_TIMEOUT_S": "5",
            "BOLTI_TELEGRAM__RETRY_S": "0.2",
            "BOLTI_TELEGRAM__PROGRESS_INTERVAL_S": "3",
            "BOLTI_TELEGRAM__SEND_TIMEOUT_S": "10",
            "BOLTI_TELEGRAM__DRAIN_S": "5",
            **({"CHAOS_TAKES_S": str(self.takes_s)} if self.takes_s else {}),
        }
