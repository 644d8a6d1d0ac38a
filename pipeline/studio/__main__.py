"""The studio child: answers orders one after the other, with engine and face mesh kept warm."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from pipeline.child import Message, serve
from pipeline.lipsync import LipSyncEngine, choose_engine, create
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.studio import ANSWER, ORDER, PROGRESS, StudioAnswer, StudioProgress
from pipeline.studio.film import render_video
from pipeline.types import EngineChoice, EngineName


class Studio:
    """What stays loaded between two orders."""

    def __init__(self) -> None:
        self._mesh: MediaPipeMesh | None = None
        self._engines: dict[EngineName, LipSyncEngine] = {}

    def handle(self, message: Message, say: Callable[[Message], None]) -> Message:
        """Make the video of one order."""
        order = ORDER.validate_python(message)
        name, reason = choose_engine(order.engine)
        if name not in self._engines:
            self._engines[name] = create(EngineChoice(name.value))
        self._mesh = self._mesh or MediaPipeMesh()

        def tell(progress: StudioProgress) -> None:
            say(PROGRESS.dump_python(progress, mode="json"))

        video = render_video(order, self._engines[name], self._mesh, tell)
        answer = StudioAnswer(video=video, engine_reason=reason)
        return dict(ANSWER.dump_python(answer, mode="json"))


def main() -> NoReturn:
    """Serve until the parent goes away."""
    serve(Studio().handle)


if __name__ == "__main__":
    main()
