"""Parity runs where torch is installed; elsewhere these files are not collected."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = ["test_*.py"] if importlib.util.find_spec("torch") is None else []
