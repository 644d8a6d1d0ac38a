"""The limits of the Bot API, as constants."""

from __future__ import annotations

from typing import Final

TEXT_CHARS: Final = 4096
CAPTION_CHARS: Final = 1024
CALLBACK_ANSWER_CHARS: Final = 200
CALLBACK_DATA_BYTES: Final = 64
INLINE_BUTTONS: Final = 100
COMMANDS: Final = 100
UPDATES_PER_CALL: Final = 100
LONGEST_POLL_S: Final = 50
DOWNLOAD_BYTES: Final = 20 << 20
UPLOAD_BYTES: Final = 50 << 20
PHOTO_BYTES: Final = 10 << 20
PHOTO_SIDES_SUM: Final = 10_000
PHOTO_ASPECT: Final = 20
THUMBNAIL_BYTES: Final = 200_000
THUMBNAIL_SIDE: Final = 320
BARE_VIDEO_BYTES: Final = 10 << 20
"""Above this a video sent without width, height and duration arrives as 320 x 320 and 0 s."""
