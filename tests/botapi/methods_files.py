"""The methods that send and fetch files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from tests.botapi import content, limits, media
from tests.botapi.answers import Answer
from tests.botapi.files import FileKind
from tests.botapi.media import Probe
from tests.botapi.posting import beyond, caption, edited, keyboard, post
from tests.botapi.schema import Json
from tests.botapi.state import State
from tests.botapi.wire import Ask, Upload, bad_request

EVERYTHING_SHOWN = (
    *("text", "entities", "link_preview_options", "caption", "caption_entities"),
    *("photo", "video", "animation", "audio", "voice", "document"),
)
NOTE_S = 60
VOICE_CONTAINERS = {"ogg", "mp3", "mov,mp4,m4a,3gp,3g2,mj2"}


async def send_photo(state: State, ask: Ask) -> Json:
    """Send a photo, re-encoded in several sizes."""
    given = _given(state, ask, "photo", FileKind.PHOTO)
    if isinstance(given, Upload):
        _check_photo(state, ask, given.content)
        given = await asyncio.to_thread(content.photo, state.files, given.content)
    return post(state, ask, {**given, **caption(state, ask)})


async def send_video(state: State, ask: Ask) -> Json:
    """Send a video; without sound it becomes an animation, unplayable it becomes a document."""
    given = _given(state, ask, "video", FileKind.VIDEO)
    if isinstance(given, Upload):
        given = await asyncio.to_thread(_uploaded_video, state, ask, given)
    return post(state, ask, {**given, **caption(state, ask)})


async def send_video_note(state: State, ask: Ask) -> Json:
    """Send a round video; what is none becomes a document, as for videos."""
    given = _given(state, ask, "video_note", FileKind.VIDEO_NOTE)
    if isinstance(given, Upload):
        given = await asyncio.to_thread(_uploaded_note, state, ask, given)
    return post(state, ask, given)


async def send_voice(state: State, ask: Ask) -> Json:
    """Send a voice note; what is none becomes a document."""
    given = _given(state, ask, "voice", FileKind.VOICE)
    if isinstance(given, Upload):
        probe = await asyncio.to_thread(media.probe, given.content)
        if probe is None or probe.container not in VOICE_CONTAINERS:
            given = _document(state, ask, given)
        else:
            duration = ask.integer("duration", round(probe.duration_s))
            given = content.voice(state.files, given.content, duration)
    return post(state, ask, {**given, **caption(state, ask)})


async def send_audio(state: State, ask: Ask) -> Json:
    """Send music."""
    given = _given(state, ask, "audio", FileKind.AUDIO)
    if isinstance(given, Upload):
        probe = await asyncio.to_thread(media.probe, given.content)
        if probe is None or probe.audio_codec is None:
            given = _document(state, ask, given)
        else:
            shown: Json = {"duration": ask.integer("duration", round(probe.duration_s))}
            shown |= {k: ask.params[k] for k in ("title", "performer") if k in ask.params}
            given = content.audio(state.files, given.content, shown, given.name)
    return post(state, ask, {**given, **caption(state, ask)})


async def send_document(state: State, ask: Ask) -> Json:
    """Send a file as it is."""
    given = _given(state, ask, "document", FileKind.DOCUMENT)
    if isinstance(given, Upload):
        given = _document(state, ask, given)
    return post(state, ask, {**given, **caption(state, ask)})


async def edit_message_media(state: State, ask: Ask) -> Json:
    """Put a video into a message of the bot, also where there was only text."""
    chat = state.writable_chat_of(ask)
    entry = chat.editable(ask.integer("message_id"))
    media_given = ask.params.get("media")
    if not isinstance(media_given, dict) or media_given.get("type") != "video":
        raise bad_request("the stand-in lays only videos into messages")
    params = {**media_given, "video": media_given.get("media"), "chat_id": chat.id}
    inner = Ask(method=ask.method, params=params)
    given = _given(state, inner, "video", FileKind.VIDEO)
    if isinstance(given, Upload):
        given = await asyncio.to_thread(_uploaded_video, state, inner, given)
    new = {**given, **caption(state, inner), **keyboard(state, ask)}
    return edited(state, chat, entry, new, EVERYTHING_SHOWN)


async def get_file(state: State, ask: Ask) -> Json:
    """Tell where a file can be downloaded."""
    stored = state.files.get(ask.text("file_id"))
    if state.files.shared is not None:
        path = state.files.shared / stored.unique_id
        if not await asyncio.to_thread(path.exists):
            await asyncio.to_thread(path.write_bytes, stored.content)
        return {**stored.wire, "file_path": str(path)}
    if len(stored.content) > limits.DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {**stored.wire, "file_path": stored.path}


METHODS: Mapping[str, Answer] = {
    "sendPhoto": send_photo,
    "sendVideo": send_video,
    "sendVideoNote": send_video_note,
    "sendVoice": send_voice,
    "sendAudio": send_audio,
    "sendDocument": send_document,
    "editMessageMedia": edit_message_media,
    "getFile": get_file,
}


def _given(state: State, ask: Ask, name: str, kind: FileKind) -> Upload | Json:
    """Give back the upload, or the message part of a file that is already here.

    The chat and the caption are checked first: a refused request leaves no file behind.
    """
    state.writable_chat_of(ask)
    caption(state, ask)
    given = ask.params[name]
    if isinstance(given, Upload):
        if not given.content:
            raise bad_request("file must be non-empty")
        return given
    if str(given).startswith(("http://", "https://")):
        state.violations.append(f"{ask.method}: the stand-in fetches nothing by URL")
        raise bad_request("wrong file identifier/HTTP URL specified")
    return state.files.again(str(given), kind)


def _uploaded_video(state: State, ask: Ask, upload: Upload) -> Json:
    probe = media.probe(upload.content)
    if probe is None or "mp4" not in probe.container or not probe.video_codec:
        return _document(state, ask, upload)
    shown = {**_shown_geometry(state, ask, upload, probe), **_thumbnail(state, ask)}
    shown |= _cover(state, ask)
    if probe.audio_codec is None:
        return content.animation(state.files, upload.content, shown, upload.name)
    return content.video(state.files, upload.content, shown, upload.name)


def _uploaded_note(state: State, ask: Ask, upload: Upload) -> Json:
    probe = media.probe(upload.content)
    if probe is None or probe.width != probe.height or probe.duration_s > NOTE_S + 1:
        return _document(state, ask, upload)
    duration = ask.integer("duration", round(probe.duration_s))
    shown = {"length": probe.width, "duration": duration, **_thumbnail(state, ask)}
    return content.video_note(state.files, upload.content, shown)


def _shown_geometry(state: State, ask: Ask, upload: Upload, probe: Probe) -> Json:
    """Tell the size and length that users see: probed, unless a large video came without them."""
    real = content.geometry(probe)
    said = {name: ask.integer(name) for name in real if name in ask.params}
    for name, value in said.items():
        if abs(value - real[name]) > (1 if name == "duration" else 0):
            state.violations.append(
                f"{ask.method}: {name} says {value}, the file has {real[name]}"
            )
    if len(said) < len(real) and len(upload.content) > limits.BARE_VIDEO_BYTES:
        return {"width": 320, "height": 320, "duration": 0}
    return real


def _thumbnail(state: State, ask: Ask) -> Json:
    """Keep the thumbnail of a request; one that Telegram would ignore is a violation."""
    given = ask.params.get("thumbnail")
    if not isinstance(given, Upload):
        return {}
    found = media.picture_size(given.content)
    sides = found[1:] if found else ()
    is_fine = (
        found is not None
        and found[0] == "JPEG"
        and max(sides) <= limits.THUMBNAIL_SIDE
        and len(given.content) < limits.THUMBNAIL_BYTES
    )
    if not is_fine:
        what = f"{found} of {len(given.content)} bytes"
        state.violations.append(f"{ask.method}: beyond a limit: thumbnail {what}")
        return {}
    return {"thumbnail": content.thumbnail(state.files, given.content)}


def _cover(state: State, ask: Ask) -> Json:
    """Keep the cover of a video, a photo that is shown until it plays."""
    given = ask.params.get("cover")
    if not isinstance(given, Upload):
        return {}
    found = media.picture_size(given.content)
    if found is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    _, width, height = found
    kept = content.thumbnail(state.files, given.content)
    return {"cover": [{**kept, "width": width, "height": height}]}


def _document(state: State, ask: Ask, upload: Upload) -> Json:
    kind = upload.content_type or "application/octet-stream"
    shown = _thumbnail(state, ask)
    return content.document(state.files, upload.content, upload.name, kind, shown)


def _check_photo(state: State, ask: Ask, photo: bytes) -> None:
    size = len(photo)
    if size > limits.PHOTO_BYTES:
        reason = f"file of size {size} bytes is too big for a photo"
        raise beyond(state, ask, f"photo of {size} bytes", reason)
    found = media.picture_size(photo)
    if found is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    _, width, height = found
    thin = max(width, height) > limits.PHOTO_ASPECT * min(width, height)
    if width + height > limits.PHOTO_SIDES_SUM or thin:
        raise beyond(state, ask, f"photo of {width} x {height}", "PHOTO_INVALID_DIMENSIONS")
