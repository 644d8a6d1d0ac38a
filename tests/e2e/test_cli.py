"""The command ``bolti`` as a person or a program runs it: as a process."""

import json
import signal
import subprocess
import sys
import wave
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from pipeline.media.read import decode_speech, read_frames
from pipeline.settings import child_environment
from tests import faces, offline

LIMIT_S = 90
BOLTI = (sys.executable, "-m", "pipeline.cli")
LONG = "I have a very long story to tell you, my friend. " * 12


def bolti(
    folder: Path, *arguments: str | Path, settings: Sequence[tuple[str, str]] = ()
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder; whoever renders says to have consent."""
    agreed = ("--i-have-consent",) if "render" in arguments else ()
    return subprocess.run(
        [*BOLTI, *map(str, arguments), *agreed],
        cwd=folder,
        env=child_environment() | offline.ENVIRONMENT | dict(settings),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def files(folder: Path) -> list[str]:
    """List the files, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


def test_a_photo_and_a_text_become_a_video(tmp_path: Path) -> None:
    ended = bolti(
        tmp_path,
        *("render", faces.hopper(), "Good morning.", "-o", "out.mp4", "--size", "256", "--srt"),
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(str(tmp_path / "out.mp4"))
    assert "warp (latentsync cannot run here" in ended.stdout
    assert ended.stderr.splitlines() == [
        "looking at the face",
        "speaking the words",
        "moving the lips",
        "Made a certificate that signs your videos; `bolti provenance show` tells of it.",
    ]
    assert files(tmp_path) == ["data", "out.mp4", "out.srt"]
    assert files(tmp_path / "data") == ["provenance"], "who signs is kept, nothing else"
    assert "\nGood morning.\n" in (tmp_path / "out.srt").read_text(encoding="utf-8")
    assert next(read_frames(tmp_path / "out.mp4")).shape[0] == 256


def test_several_faces_are_told_and_the_largest_speaks(tmp_path: Path) -> None:
    near, far = (faces.pixels(faces.hopper(), height_px) for height_px in (500, 350))
    wall = faces.on_a_wall(near, far, width_px=1000, height_px=560)
    Image.fromarray(wall).save(tmp_path / "two.jpg")

    ended = bolti(tmp_path, "render", "two.jpg", "Hello.", "-o", "out.mp4", "--size", "128")

    assert ended.returncode == 0, ended.stderr
    assert "There are 2 faces; the largest one speaks." in ended.stderr


def test_json_lines_tell_progress_and_result(tmp_path: Path) -> None:
    script = tmp_path / "words.txt"
    script.write_text("नमस्ते दोस्तों।", encoding="utf-8")

    ended = bolti(
        tmp_path,
        *("render", faces.hopper(), "--script", script, "-o", "out.mp4", "--preview"),
        *("--voice", "embedded-hi-f", "--json"),
    )

    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    told = [line["progress"] for line in lines if "progress" in line]
    stages = list(dict.fromkeys(progress["stage"] for progress in told))
    result = lines[-1]["result"]
    assert ended.stderr == ""
    assert stages == ["looking", "speaking", "syncing"]
    assert told[-1]["fraction"] == 1.0
    assert result["voice"] == "embedded-hi-f"
    assert max(result["width_px"], result["height_px"]) == 384
    assert result["frames"] == len(list(read_frames(Path(result["out"]))))


def test_say_writes_a_wav_that_a_recording_render_takes(tmp_path: Path) -> None:
    said = bolti(tmp_path, "say", "How are you today?", "-o", "me.wav", "--json")
    words = json.loads(said.stdout.splitlines()[-1])["result"]["words"]
    (tmp_path / "said.txt").write_text("How are you today?", encoding="utf-8")

    shown = bolti(
        tmp_path,
        *("render", faces.hopper(), "--audio", "me.wav", "-o", "out.mp4", "--size", "128"),
        *("--words", "said.txt", "--srt"),
    )

    assert [word["text"] for word in words] == ["How", "are", "you", "today"]
    with wave.open(str(tmp_path / "me.wav")) as wav:
        length_s = wav.getnframes() / wav.getframerate()
    assert shown.returncode == 0, shown.stderr
    heard = decode_speech((tmp_path / "out.mp4").read_bytes())
    assert heard.duration_s == pytest.approx(length_s, abs=0.1)
    assert "How are you today?" in (tmp_path / "out.srt").read_text(encoding="utf-8")


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """Lay out files that are no good."""
    Image.new("RGB", (300, 300), (90, 140, 200)).save(tmp_path / "blank.jpg")
    Image.new("L", (60, 60)).save(tmp_path / "tiny.png")
    still = [Image.new("P", (200, 200), n) for n in range(3)]
    still[0].save(tmp_path / "moving.gif", save_all=True, append_images=still[1:])
    (tmp_path / "words.txt").write_text("hello")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    return tmp_path


GOOD = ("hi", "-o", "o.mp4")


@pytest.mark.parametrize(
    ("arguments", "status", "answer"),
    [
        (["render", "missing.jpg", *GOOD], 2, "There is no photo missing.jpg."),
        (["render", ".", *GOOD], 2, "name the photo itself"),
        (["render", "moving.gif", *GOOD], 11, "GIF"),
        (["render", "words.txt", *GOOD], 11, "no picture"),
        (["render", "tiny.png", *GOOD], 13, "60 x 60 pixels"),
        (["render", "blank.jpg", *GOOD], 15, "No face was found"),
        (["render", "HOPPER", "😀🎉", "-o", "o.mp4"], 21, "no words to speak"),
        (["render", "HOPPER", "word " * 800, "-o", "o.mp4"], 22, "the limit is 60 s"),
        (["render", "HOPPER", "--audio", "words.txt", "-o", "o.mp4"], 23, "cannot be opened"),
        (["render", "HOPPER", *GOOD, "--voice", "nobody"], 32, "no voice 'nobody'"),
        (["render", "HOPPER", *GOOD, "--engine", "latentsync"], 41, "cannot run here"),
        (["render", "HOPPER", *GOOD, "--engine", "magic"], 2, "'auto', 'warp', 'latentsync'"),
        (["render", "HOPPER", *GOOD, "--size", "511"], 2, "an even number of pixels"),
        (["render", "HOPPER", *GOOD, "--size", "9000"], 2, "from 128 to 1024"),
        (["render", "HOPPER", *GOOD, "--motion", "wild"], 2, "'off', 'subtle', 'lively'"),
        (["render", "HOPPER", *GOOD, "--preview", "--size", "300"], 2, "leave those out"),
        (["render", "HOPPER", *GOOD, "--script", "words.txt"], 2, "not several"),
        (["render", "HOPPER", "-o", "o.mp4"], 2, "Say what to speak"),
        (["render", "HOPPER", "--script", "gone.txt", "-o", "o.mp4"], 2, "no script gone.txt"),
        (["render", "HOPPER", "--script", "binary.txt", "-o", "o.mp4"], 2, "no text in UTF-8"),
        (["render", "HOPPER", "--audio", "gone.ogg", "-o", "o.mp4"], 2, "no recording gone.ogg"),
        (["render", "HOPPER", *GOOD, "--words", "words.txt"], 2, "give --audio too"),
        (["render", "HOPPER", "--audio", "a.ogg", "--srt", "-o", "o.mp4"], 2, "add --words"),
        (["render", "HOPPER", "hi", "-o", "no/o.mp4"], 2, "there is no folder no"),
        (["render", "HOPPER", "hi", "-o", "/proc/o.mp4"], 1, "cannot be written"),
        (["render", "HOPPER", "hi", "-o", "o.avi"], 2, "the result is a .mp4 file"),
        (["render", "HOPPER", "hi"], 2, "Missing option '-o'"),
        (["say", "...", "-o", "o.wav"], 21, "no words to speak"),
        (["voices", "--locale", "xx"], 2, "No voice speaks 'xx'"),
        (["rendre"], 2, "No such command 'rendre'"),
    ],
)
def test_each_mistake_gets_one_sentence_and_a_status_and_leaves_nothing(
    wrong: Path, arguments: list[str], status: int, answer: str
) -> None:
    before = files(wrong)

    ended = bolti(wrong, *(faces.hopper() if a == "HOPPER" else a for a in arguments))

    said = ended.stderr.splitlines()
    assert ended.returncode == status
    assert answer in said[-1]
    assert said[-1].startswith("bolti: ")
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    left = [name for name in files(wrong) if name != "data"]  # who signs, if it came so far
    assert left == before


def test_an_error_is_a_json_line_too_and_the_old_video_stays(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_bytes(b"the old one")

    ended = bolti(
        tmp_path,
        *("render", faces.hopper(), "hi", "--voice", "x", "-o", "out.mp4", "--json"),
    )

    error = json.loads(ended.stdout.splitlines()[-1])["error"]
    assert (error["code"], error["status"]) == ("voice_unknown", 32)
    assert (tmp_path / "out.mp4").read_bytes() == b"the old one"


def test_a_traceback_is_shown_on_request(tmp_path: Path) -> None:
    ended = bolti(tmp_path, "--debug", "say", "...", "-o", "o.wav")

    assert "Traceback" in ended.stderr
    assert "ScriptEmpty" in ended.stderr


@pytest.mark.parametrize("stage", ["looking", "speaking", "syncing"])
def test_ctrl_c_ends_every_process_and_leaves_nothing(tmp_path: Path, stage: str) -> None:
    (tmp_path / "out.mp4").write_bytes(b"the old one")
    command = [*BOLTI, "render", str(faces.hopper()), LONG, "-o", "out.mp4", "--json"]
    command.append("--i-have-consent")
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=child_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["progress"]["stage"] == stage:
                break
        children = _children(process.pid)

        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=LIMIT_S)

    assert process.returncode == 130
    assert said == "bolti: Cancelled.\n"
    assert children or stage != "syncing", "somebody moves the lips"
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
    assert [name for name in files(tmp_path) if name != "data"] == ["out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"the old one"


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["render", "--help"]])
def test_the_command_starts_light(tmp_path: Path, arguments: list[str]) -> None:
    heavy = "{'torch', 'diffusers', 'mediapipe', 'cv2', 'av', 'dbos', 'telegram', 'sqlalchemy'}"
    code = (
        "import sys\n"
        "from pipeline.cli import main\n"
        f"try:\n    main({arguments!r})\n"
        "except SystemExit as e:\n"
        f"    print('HEAVY', sorted({heavy} & set(sys.modules)), e.code)\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=LIMIT_S, check=False
    )

    assert ended.stdout.splitlines()[-1] == "HEAVY [] 0", ended.stderr
