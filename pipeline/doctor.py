"""Say what is there, what is missing, and what to do about each: the findings of ``bolti doctor``.

Tries the parts instead of looking for their files: the voice speaks a word, the portrait child is
asked, the codecs are opened. Knows what a render needs; prints nothing.

Where the next one goes: a check is a function that returns a ``Finding``, named in ``examine``.
"""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline import errors
from pipeline.confine import Confinement, confinable
from pipeline.portrait.desk import PortraitDesk
from pipeline.scratch import is_in_memory
from pipeline.settings import Settings, child_environment
from pipeline.speech import Synthesizer
from pipeline.types import EngineName, Finding, Health, Utterance

SUPPORTED = ((3, 11), (3, 12))
WORD = "Namaste"
SOON = timedelta(days=30)
INSTALL = "Install what is locked: pip install --no-deps -r requirements/base.lock"


async def examine(
    settings: Settings, portraits: PortraitDesk, speaker: Synthesizer, scratch: Path
) -> list[Finding]:
    """Look at everything that a render needs; ``scratch`` is an empty folder to try things in."""
    return [
        _python(),
        await asyncio.to_thread(_disk, settings),
        await asyncio.to_thread(_codecs),
        await asyncio.to_thread(_captions),
        await _faces(portraits, scratch),
        _confinement(confinable()),
        await _voice(settings, speaker, scratch),
        await asyncio.to_thread(_gpu),
        await asyncio.to_thread(_weights, settings),
        await asyncio.to_thread(_engine, settings),
        await asyncio.to_thread(signature, settings),
        at_rest(settings, in_memory=await asyncio.to_thread(is_in_memory, settings.scratch_dir)),
        _token(settings),
    ]


def _python() -> Finding:
    detail = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info[:2] in SUPPORTED:
        return Finding(name="python", health=Health.OK, detail=detail)
    return Finding(
        name="python",
        health=Health.NOTE,
        detail=detail,
        advice="MediaPipe has packages for Python 3.11 and 3.12: use one of them.",
    )


def _disk(settings: Settings) -> Finding:
    place = settings.data_dir.resolve()
    there = next(folder for folder in (place, *place.parents) if folder.is_dir())
    free_bytes, least_bytes = shutil.disk_usage(there).free, settings.store.min_free_bytes
    detail = f"{free_bytes / 1e9:.1f} GB free for {place}"
    if free_bytes >= least_bytes:
        return Finding(name="disk", health=Health.OK, detail=detail)
    return Finding(
        name="disk",
        health=Health.MISSING,
        detail=f"{detail}; {least_bytes / 1e9:.1f} GB are wanted",
        advice="Free some space, set data_dir to another disk, or lower store.min_free_bytes.",
    )


def _codecs() -> Finding:
    try:
        from pipeline.media.codecs import missing_codecs, versions
    except ImportError as e:
        return _not_installed("codecs", e)
    if missing := missing_codecs():
        return Finding(
            name="codecs",
            health=Health.MISSING,
            detail=f"{versions()} lacks {', '.join(missing)}",
            advice=INSTALL,
        )
    return Finding(name="codecs", health=Health.OK, detail=f"{versions()} with H.264 and AAC")


def _captions() -> Finding:
    from pipeline.studio.fonts import missing_for_hindi

    missing = missing_for_hindi()
    if missing is None:
        return Finding(name="captions", health=Health.OK, detail="in Latin and Indian letters")
    detail = f"in Latin letters only, for want of {missing}"
    advice = "For Indian letters, in Debian: apt install fonts-noto-core libfribidi0"
    return Finding(name="captions", health=Health.NOTE, detail=detail, advice=advice)


async def _faces(portraits: PortraitDesk, scratch: Path) -> Finding:
    try:
        await portraits.check(scratch / "no-photo.jpg", scratch / "out.png")
    except errors.PortraitError:  # the child lives, and its models are loaded
        return Finding(name="faces", health=Health.OK, detail="MediaPipe with its face models")
    except errors.BoltiError as e:
        return Finding(
            name="faces",
            health=Health.MISSING,
            detail=str(e),
            advice=f"MediaPipe 0.10.14 to 0.10.21 carries the face models. {INSTALL}",
        )
    raise AssertionError("a photo that is not there was found usable")


def _confinement(held: Confinement) -> Finding:
    """Say whether this system can lock in what opens strangers' files."""
    lacking = [
        name
        for name, there in (("folders (Landlock)", held.folders), ("network", held.network))
        if not there
    ]
    if not lacking:
        detail = "strangers' files are opened where no other file and no network is"
        return Finding(name="limits", health=Health.OK, detail=detail)
    return Finding(
        name="limits",
        health=Health.NOTE,
        detail=f"this system cannot take away: {', '.join(lacking)}; memory and time are limited",
        advice="Use Linux 5.13 or newer with Landlock (in /sys/kernel/security/lsm), or let the "
        "bot run alone in a container.",
    )


async def _voice(settings: Settings, speaker: Synthesizer, scratch: Path) -> Finding:
    voice_id = settings.speech.voice
    try:
        voices = await speaker.voices()
        utterance = Utterance(text=WORD, voice_id=voice_id)
        spoken = await speaker.synthesize(utterance, scratch / "word.wav")
    except errors.BoltiError as e:
        return Finding(
            name="voice",
            health=Health.MISSING,
            detail=str(e),
            advice=f"The voice is the setting speech.voice; espeakng-loader carries it. {INSTALL}",
        )
    detail = f"{spoken.provider} speaks as {spoken.voice_id}; {len(voices)} voices"
    if spoken.voice_id != voice_id:
        return Finding(
            name="voice",
            health=Health.NOTE,
            detail=f"{voice_id} does not answer; {detail}",
            advice="Renders work, with that voice. Online voices need the network: see --debug.",
        )
    return Finding(name="voice", health=Health.OK, detail=detail)


def _gpu() -> Finding:
    from pipeline.latentsync import devices
    from pipeline.lipsync.latentsync import INSTALL as INSTALL_LATENTSYNC

    if package := devices.missing_package():
        return Finding(
            name="gpu",
            health=Health.NOTE,
            detail=f"not looked for: {package} is not installed",
            advice=f"For LatentSync: {INSTALL_LATENTSYNC}. The warp engine needs neither.",
        )
    found = "; ".join(devices.describe_gpus())
    if not found:
        advice = "LatentSync needs one; the warp engine does not."
        return Finding(name="gpu", health=Health.NOTE, detail="no CUDA device", advice=advice)
    if missing := devices.missing_to_compile(child_environment().get("CC", "")):
        detail = f"{found}; not as fast as it can be without {missing}"
        advice = "Install them: gcc, libc6-dev and python3-dev in Debian."
        return Finding(name="gpu", health=Health.NOTE, detail=detail, advice=advice)
    return Finding(name="gpu", health=Health.OK, detail=found)


def _weights(settings: Settings) -> Finding:
    from pipeline.latentsync.releases import Release
    from pipeline.lipsync import weights

    found = weights.stock(settings.latentsync_in_place, Release(settings.latentsync.release))
    detail = f"{found.release.value}: {found.state.value} ({found.folder})"
    if found.state is weights.State.VERIFIED:
        return Finding(name="weights", health=Health.OK, detail=detail)
    return Finding(
        name="weights",
        health=Health.NOTE,
        detail=detail,
        advice=f"For LatentSync ({found.size_bytes / 1e9:.1f} GB): {found.advice}",
    )


def _engine(settings: Settings) -> Finding:
    place = settings.latentsync_in_place
    try:
        from pipeline.lipsync import choose_engine, create

        name, reason = choose_engine(settings.lipsync.engine, place)
        create(name, place)
        if name is EngineName.LATENTSYNC:
            from pipeline.lipsync import latentsync

            if missing := latentsync.cannot_start(place):
                return Finding(
                    name="engine",
                    health=Health.MISSING,
                    detail=f"latentsync is asked for and cannot run here: {missing}",
                    advice="Do that, or set lipsync.engine to auto or warp.",
                )
    except ImportError as e:
        return _not_installed("engine", e)
    speed = "quick 2-D animation on the CPU" if name is EngineName.WARP else "diffusion"
    return Finding(name="engine", health=Health.OK, detail=f"{name} ({speed}): {reason}")


def signature(settings: Settings) -> Finding:
    """Say who signs the videos, until when, and where the certificate lies."""
    from pipeline.safety.certificate import describe, load_credentials

    place = settings.provenance_in_place
    try:
        signer = describe(place)
        if signer is None:
            detail = f"no certificate yet; the first video makes one in {place.folder}"
            return Finding(name="signature", health=Health.OK, detail=detail)
        load_credentials(place)
    except errors.SettingsInvalid as e:
        return Finding(
            name="signature",
            health=Health.MISSING,
            detail=str(e),
            advice="No video is given out unsigned: see `bolti provenance --help`.",
        )
    whose = "made here" if signer.is_self_made else "yours"
    detail = f"{signer.name} ({whose}) until {signer.ends_at:%d %b %Y}, {signer.file}"
    if signer.ends_at - datetime.now(UTC) > SOON:
        return Finding(name="signature", health=Health.OK, detail=detail)
    return Finding(
        name="signature",
        health=Health.NOTE,
        detail=f"ends soon: {detail}",
        advice="Make a new one before: `bolti provenance init --again`, or set your own anew.",
    )


def at_rest(settings: Settings, *, in_memory: bool) -> Finding:
    """Say what whoever gets the disk can read; ``in_memory``: the scratch folder is."""
    sealed = settings.store.encryption_key is not None
    if sealed and in_memory:
        detail = "what is kept is sealed; videos in the making lie in memory"
        return Finding(name="at rest", health=Health.OK, detail=detail)
    if sealed:
        return Finding(
            name="at rest",
            health=Health.NOTE,
            detail=f"sealed, but for the parts of a video in the making ({settings.scratch_dir})",
            advice="Name a folder in memory in store.scratch_folder, as /dev/shm/bolti.",
        )
    return Finding(
        name="at rest",
        health=Health.NOTE,
        detail="photos, words and videos lie unsealed on the disk",
        advice="Set store.encryption_key, and keep it on another machine than the data.",
    )


def _token(settings: Settings) -> Finding:
    try:
        settings.telegram.require_token()
    except errors.SettingsInvalid as e:
        return Finding(
            name="telegram",
            health=Health.NOTE,
            detail="no token; only the bot needs one",
            advice=str(e),
        )
    return Finding(name="telegram", health=Health.OK, detail="a token is set")


def _not_installed(name: str, error: ImportError) -> Finding:
    return Finding(
        name=name,
        health=Health.MISSING,
        detail=f"{error.name or 'a package'} is not installed",
        advice=INSTALL,
    )
