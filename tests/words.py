"""English words for tests, from what is installed anyway."""

import os
import pydoc_data.topics
import re
from pathlib import Path


def common_words() -> list[str]:
    """List some thousand English words: those of Python's own comments and manual."""
    files = [*Path(os.__file__).parent.glob("*.py"), Path(pydoc_data.topics.__file__)]
    text = " ".join(file.read_text("utf-8", errors="ignore") for file in files)
    return sorted(set(re.findall(r"(?<= )[a-z]{2,20}(?=[ ,.]\s|\n| )", text)))
