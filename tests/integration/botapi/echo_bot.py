"""A bot of thirty lines, to try the harness on: it echoes, and misbehaves when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import httpx


def main() -> int:
    settings = os.environ  # noqa: TID251 - it stands for a bot that reads its own settings
    token = settings["BOLTI_TELEGRAM__TOKEN"]
    url = f"{settings['BOLTI_TELEGRAM__API_URL']}/bot{token}"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    match settings.get("BOLTI_MOOD"):
        case "refuses":
            print("The settings cannot be used", flush=True)
            return 2
        case "talks":
            print(f"calling {url}", flush=True)
        case "has a child":
            sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
            subprocess.Popen(sleeper, start_new_session=True, env={})
    offset = 0
    with httpx.Client(timeout=40) as http:
        while True:
            try:
                updates = _call(http, url, "getUpdates", offset=offset, timeout=30)
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            for update in updates:
                message = update["message"]
                _call(http, url, "sendMessage", chat_id=message["chat"]["id"], text="echo")
                offset = update["update_id"] + 1


def _call(http: httpx.Client, url: str, method: str, **parameters: Any) -> Any:
    return http.post(f"{url}/{method}", json=parameters).json()["result"]


if __name__ == "__main__":
    sys.exit(main())
