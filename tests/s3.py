"""A server that speaks S3, in a process of its own: moto's."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from pipeline.settings import StoreSettings

STARTS_WITHIN_S = 60.0


@dataclass(slots=True)
class S3Server:
    """Where it listens; each bucket is new."""

    url: str
    _buckets: int = 0

    def settings(self) -> StoreSettings:
        """Make a bucket, and say how it is reached."""
        self._buckets += 1
        name = f"bolti-{self._buckets}"
        made = urllib.request.Request(f"{self.url}/{name}", method="PUT")
        urllib.request.urlopen(made, timeout=10).close()
        return StoreSettings(
            url=f"s3://{name}",
            s3_endpoint=self.url,
            s3_region="us-east-1",
            s3_key_id=SecretStr("anybody"),
            s3_key=SecretStr("anything"),
            min_free_bytes=0,
        )


@contextmanager
def running() -> Iterator[S3Server]:
    """Run a server for as long as the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = S3Server(f"http://127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not _answers(server.url):
            assert process.poll() is None, "moto's server ended"
            assert time.monotonic() < deadline, "moto's server does not answer"
            time.sleep(0.1)
        yield server
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/moto-api/", timeout=2).close()
    except (urllib.error.URLError, OSError):
        return False
    return True
