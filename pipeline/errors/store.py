"""Something could not be kept or found again."""

from __future__ import annotations

from pipeline.errors.root import BoltiError


class StoreError(BoltiError):
    """Something could not be kept or found again."""

    code = "store_failed"
    exit_code = 60


class ArtifactMissing(StoreError):
    """The stored bytes are gone, by age or by wish."""

    code = "artifact_missing"
    exit_code = 61

    def __init__(self, key: str) -> None:
        super().__init__(f"'{key}' is no longer stored. Send it again.")


class FileNotFetched(StoreError):
    """A file that somebody sent could not be fetched from where it lies."""

    code = "file_not_fetched"
    exit_code = 64

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file could not be fetched ({reason}). Send it again.")


class DiskFull(StoreError):
    """The disk has no room for what was to be written."""

    code = "disk_full"
    retryable = True
    exit_code = 62

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The disk is full: {what} could not be written. Free some space and retry."
        )


class BackupUnusable(StoreError):
    """A backup is not what it should be."""

    code = "backup_unusable"
    exit_code = 65

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"'{name}' cannot be used as a backup: {reason}. Take another one.")


class DatabaseInUse(StoreError):
    """Somebody works on the database that is to be replaced."""

    code = "database_in_use"
    exit_code = 66

    def __init__(self, who: str = "") -> None:
        by = f" by '{who}'" if who else ""
        super().__init__(f"The database is in use{by}. Stop the bot and every worker first.")


class DatabaseNotUtf8(StoreError):
    """The database cannot keep every letter."""

    code = "database_not_utf8"
    exit_code = 67

    def __init__(self, name: str, encoding: str) -> None:
        super().__init__(
            f"The database '{name}' has the encoding {encoding}, which cannot keep every letter. "
            f"Create one that can and name it in jobs.database: "
            f"CREATE DATABASE another ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0;"
        )


class StoreUnavailable(StoreError):
    """The store or the database does not answer."""

    code = "store_unavailable"
    retryable = True
    exit_code = 63

    def __init__(self, reason: str) -> None:
        super().__init__(f"The store does not answer: {reason}.")
