"""``python -m pipeline.cli`` is ``bolti``."""

from pipeline.cli import main

main()
