"""What a person may wish of their video beside the words; a deployment has a default for each."""

from enum import StrEnum


class Quality(StrEnum):
    """How much work goes into a video, as a person may choose it."""

    FAST = "fast"
    """The quick CPU engine, at once."""
    NORMAL = "normal"
    """As the deployment is set up."""
    BEST = "best"
    """The best engine that is there, in more detail; takes longer."""


class Shape(StrEnum):
    """The outline of a video."""

    ORIGINAL = "original"
    """That of the photo."""
    SQUARE = "square"
    TALL = "tall"
    """9:16, as stories and reels are."""
    ROUND = "round"
    """A square, shown as a circle: the round video of a messenger, at most a minute."""
