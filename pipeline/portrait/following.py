"""Follow one face through a film: which of several it is, frame after frame.

The face is looked for where it was a frame ago, which is quick and cannot take a neighbour for
it. Once a second, and whenever it is lost, the whole picture is searched; what is found goes to
whoever stood nearest, so that a bystander does not become the speaker when the speaker leaves.
Nobody is recognised: behind a long absence or a hard cut the nearest stranger counts as the same.

Knows frames by number and a ``FaceFollower``; knows no file. Frames may be asked for in any order
and more than once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from pipeline import errors
from pipeline.portrait import FaceFollower, Landmarks, Pixels
from pipeline.portrait.face_track import (
    POINTS,
    FaceTrack,
    Landmarked,
    distance_e,
    mended,
)
from pipeline.portrait.pose import eye_distance_px

SEARCH_EVERY_S = 1.0
"""How often bystanders are looked for while the face is seen."""
LOOK_EVERY_S = 0.2
"""How often a lost face is looked for; between two looks it is followed backwards."""
PATIENCE_S = 0.5
"""So long a lost face must come back near where it was."""
NEAR_E = 1.5
"""How near that is, in eye distances: about the width of a face."""
JUMP_E = 0.6
"""How far a face can come from one frame to the next, in eye distances; further is a cut."""
GROWTH = 1.4
"""How much a face can grow or shrink from one frame to the next."""
MOST_BYSTANDERS = 8

Tell = Callable[[float], None]


def follow_face(
    frames: Sequence[Pixels],
    mesh: FaceFollower,
    *,
    fps: int,
    chosen: int = 1,
    tell: Tell,
    at: int | None = None,
) -> FaceTrack:
    """Follow the ``chosen`` face, counted from the largest in the first second with faces.

    ``at`` names the frame in which it was counted, where somebody did. Short absences are
    bridged. Raises ``NoFaceInVideo``, ``NoSuchFace``.
    """
    if at is None:
        first, people = first_look(frames, mesh, fps=fps)
    else:
        first = min(at, len(frames) - 1)
        people = [face.landmarks for face in mesh.find(frames[first])]
    if not 1 <= chosen <= len(people):
        raise errors.NoSuchFace(chosen, len(people))
    found = np.full((len(frames), POINTS, 3), np.nan, np.float32)
    found[first] = people[chosen - 1]
    bystanders = [points for number, points in enumerate(people, 1) if number != chosen]
    done = 1
    for steps in (range(first + 1, len(frames)), range(first - 1, -1, -1)):
        walk = _Walk(frames, mesh, found, first, bystanders, fps)
        for place in steps:
            walk.step(place)
            done += 1
            tell(done / len(frames))
    track = mended(FaceTrack(landmarks=found), fps)
    if not track.seen.any():
        raise errors.NoFaceInVideo
    return track


def first_look(
    frames: Sequence[Pixels], mesh: FaceFollower, *, fps: int
) -> tuple[int, list[Landmarks]]:
    """Return the frame, of the first second in which faces are seen, that shows most of them.

    Its faces come with it, the largest first. Raises ``NoFaceInVideo``.
    """
    stride = max(1, round(LOOK_EVERY_S * fps))
    best, people, end = 0, list[Landmarks](), len(frames)
    for place in range(0, len(frames), stride):
        if place >= end:
            break
        faces = mesh.find(frames[place])
        if faces and not people:
            end = place + fps
        if len(faces) > len(people):
            best, people = place, [face.landmarks for face in faces]
    if not people:
        raise errors.NoFaceInVideo
    return best, people


class _Walk:
    """Goes through the frames in one direction and notes where the face is."""

    def __init__(
        self,
        frames: Sequence[Pixels],
        mesh: FaceFollower,
        found: Landmarked,
        first: int,
        bystanders: Sequence[Landmarks],
        fps: int,
    ) -> None:
        self._frames, self._mesh, self._found, self._fps = frames, mesh, found, fps
        self._at, self._last = first, found[first]
        self._bystanders = list(bystanders)

    def step(self, place: int) -> None:
        """Look at the next frame."""
        lost_for = abs(place - self._at)
        followed = self._followed(place, self._last) if lost_for == 1 else None
        if followed is not None:
            if place % max(1, round(SEARCH_EVERY_S * self._fps)) == 0:
                self._notice(place, followed)
            self._note(place, followed)
        elif lost_for == 1 or lost_for % max(1, round(LOOK_EVERY_S * self._fps)) == 0:
            again = self._search(place, lost_for)
            if again is not None:
                self._walk_back(place, again)
                self._note(place, again)

    def _note(self, place: int, landmarks: Landmarks) -> None:
        self._found[place] = self._last = landmarks
        self._at = place

    def _followed(self, place: int, near: Landmarks) -> Landmarks | None:
        face = self._mesh.follow(self._frames[place], near)
        if face is None or distance_e(face.landmarks, near) > JUMP_E:
            return None
        growth = eye_distance_px(face.landmarks) / max(eye_distance_px(near), 1e-6)
        return face.landmarks if 1 / GROWTH <= growth <= GROWTH else None

    def _notice(self, place: int, speaker: Landmarks) -> None:
        """Learn who else is in the picture, and where."""
        faces = [face.landmarks for face in self._mesh.find(self._frames[place])]
        ways = [distance_e(points, speaker) for points in faces]
        own = int(np.argmin(ways)) if ways and min(ways) <= NEAR_E else None
        others = [points for number, points in enumerate(faces) if number != own]
        away = [
            known
            for known in self._bystanders
            if all(distance_e(known, points) > NEAR_E for points in [*others, speaker])
        ]
        self._bystanders = [*others, *away][:MOST_BYSTANDERS]

    def _search(self, place: int, lost_for: int) -> Landmarks | None:
        """Find the lost face in the whole picture, among those that are nobody else's."""
        faces = [face.landmarks for face in self._mesh.find(self._frames[place])]
        theirs = set[int]()
        for number, known in enumerate(self._bystanders):
            ways = {
                k: distance_e(points, known) for k, points in enumerate(faces) if k not in theirs
            }
            k = min(ways, key=lambda key: ways[key], default=None)
            if k is not None and ways[k] < min(NEAR_E, distance_e(faces[k], self._last)):
                theirs.add(k)
                self._bystanders[number] = faces[k]
        free = [points for k, points in enumerate(faces) if k not in theirs]
        again = min(free, key=lambda points: distance_e(points, self._last), default=None)
        if again is None:
            return None
        is_near = distance_e(again, self._last) <= NEAR_E
        return again if is_near or lost_for > PATIENCE_S * self._fps else None

    def _walk_back(self, place: int, landmarks: Landmarks) -> None:
        """Follow a face that was found again back to where it came into the picture."""
        step = 1 if place > self._at else -1
        near = landmarks
        for earlier in range(place - step, self._at, -step):
            face = self._followed(earlier, near)
            if face is None:
                return
            self._found[earlier] = near = face
