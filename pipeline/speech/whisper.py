"""The transcribing child: ``python -m pipeline.speech.whisper FOLDER MODEL KERNELS``, in a booth.

The one place where faster-whisper is imported (the extra ``transcribe``). The model comes from a
folder and nothing is downloaded; it stays warm between recordings. Beside the model and code it
sees one recording, and has no network.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline import errors
from pipeline.child import Message, serve
from pipeline.confine import confine, to_read
from pipeline.cuda_files import cuda_files
from pipeline.speech.transcribing import (
    INSTALL,
    REQUEST,
    TRANSCRIPT,
    TranscribeRequest,
    Transcript,
)


def main() -> None:
    """Confine this process, then serve. Nothing heavy is imported before."""
    folder, model, kernels = map(Path, sys.argv[1:])
    card = cuda_files(kernels)
    confine(folder, memory_bytes=None, beside=to_read(model) | card, mute_sockets=bool(card))
    tempfile.tempdir = str(folder)
    models: dict[Path, Any] = {}

    def handle(message: Message, _say: Callable[[Message], None]) -> Message:
        request = REQUEST.validate_python(message)
        if request.model not in models:
            models[request.model] = _load(request.model)
        answer: Message = TRANSCRIPT.dump_python(
            _heard(models[request.model], request), mode="json"
        )
        return answer

    serve(handle)


def _load(folder: Path) -> Any:
    try:
        from faster_whisper import WhisperModel

        return WhisperModel(str(folder), device="auto", compute_type="int8", local_files_only=True)
    except ImportError as e:
        raise errors.TranscriberUnavailable(f"faster-whisper is not installed; {INSTALL}") from e
    except (OSError, ValueError, RuntimeError) as e:
        raise errors.TranscriberUnavailable(
            f"its model cannot be loaded ({type(e).__name__})"
        ) from e


def _heard(model: Any, request: TranscribeRequest) -> Transcript:
    segments, found = model.transcribe(str(request.recording), vad_filter=True)
    language = found.language
    if language not in request.languages:
        likely = dict(found.all_language_probs or ())
        language = max(request.languages, key=lambda code: likely.get(code, 0.0))
        segments, _ = model.transcribe(str(request.recording), vad_filter=True, language=language)
    text = " ".join(segment.text.strip() for segment in segments)
    return Transcript(text=" ".join(text.split()), language=language)


if __name__ == "__main__":
    main()
