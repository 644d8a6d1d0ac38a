# %% [markdown]
# # Bolti: a photo speaks
#
# Give it a photo of a face and some words; it gives back a video of the photo speaking them, in an
# Indian accent. On a GPU (a free Colab T4 is enough) the lips are made by LatentSync in half
# precision; without one by a quick 2-D animation.
#
# **Runtime → Change runtime type → T4 GPU**, then run the cells from above.
#
# Only use photos that you have permission to use. Every video says that it is AI-generated.

# %% [markdown]
# ## Prepare the environment
#
# Fetches the code, installs what is locked beside what this machine has, and pulls the weights
# (5.5 GB) where there is a GPU. Run it again at any time: what is there already is kept.

# %%
# @title { display-mode: "form" }
repository = ""  # @param {type:"string", placeholder:"git URL of Bolti; empty: this checkout"}
release = "latentsync-1.5"  # @param ["latentsync-1.5", "latentsync-1.6"]

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

WORK = Path.cwd()
ON_COLAB = importlib.util.find_spec("google") is not None and (
    importlib.util.find_spec("google.colab") is not None
)


def run(*command: object) -> None:
    """Run a command and show what it says; stop the cell if it fails."""
    told = [str(part) for part in command]
    with subprocess.Popen(
        told, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
    if process.returncode:
        raise SystemExit(f"That did not work (status {process.returncode}); see above.")


def checkout() -> Path:
    """Find the code: around this notebook, or from the repository."""
    for folder in (WORK, *WORK.parents, WORK / "bolti"):
        if (folder / "pipeline" / "cli" / "render.py").is_file():
            return folder
    if not repository:
        raise SystemExit("Put the git URL of Bolti into the field above, and run this cell again.")
    run("git", "clone", "--depth", "1", repository, WORK / "bolti")
    return WORK / "bolti"


def has_bolti() -> bool:
    """Say whether this very Python has Bolti already."""
    try:
        return importlib.util.find_spec("pipeline.cli.render") is not None
    except ModuleNotFoundError:
        return False


def install(source: Path) -> Path:
    """Install what is locked into an environment of its own; return its Python."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        raise SystemExit(f"Bolti needs Python 3.11 or 3.12; this is {sys.version.split()[0]}.")
    place = WORK / "bolti-environment"
    python, done = place / "bin" / "python", place / "installed"
    if done.exists():
        return python
    # Colab's torch fits its driver, so it is seen from inside; everything else is ours.
    run(sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", place)
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    run(*pip, "--no-deps", "-r", source / "requirements" / "base.lock")
    if HAS_GPU:
        run(*pip, "--no-deps", "-r", source / "requirements" / "latentsync.lock")
        if importlib.util.find_spec("torch") is None:
            run(*pip, "--no-deps", "-r", source / "requirements" / "torch-cuda.lock")
    run(*pip, "--no-deps", "--no-build-isolation", "-e", source)
    done.touch()
    return python


def bolti(*arguments: object) -> None:
    """Run the command `bolti`."""
    run(PYTHON, "-m", "pipeline.cli", *arguments)


ENVIRONMENT = os.environ | {
    "BOLTI_LATENTSYNC__RELEASE": release,
    "BOLTI_LIPSYNC__LIMIT_S": "7200",  # a T4 takes its time
}
HAS_GPU = shutil.which("nvidia-smi") is not None and not subprocess.call(
    ["nvidia-smi", "-L"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
)
PYTHON = Path(sys.executable) if has_bolti() else install(checkout())
if HAS_GPU:
    bolti("models", "pull", release)
bolti("doctor")

# %% [markdown]
# ## Upload an image
#
# One face that looks at the camera, in good light. With a GPU a short video works too. Leave
# `image` empty to choose a file; outside Colab that takes the sample portrait.

# %%
# @title { display-mode: "form" }
image = ""  # @param {type:"string", placeholder:"a file here; empty: choose one"}


def chosen(what: str) -> Path | None:
    """Let somebody choose a file, where there is somebody."""
    if not ON_COLAB:
        return None
    from google.colab import files

    print(f"Choose {what}:")
    names = list(files.upload())
    return WORK / names[0] if names else None


def show(kind: str, path: Path) -> None:
    """Show a picture, play a sound or a video; outside a notebook only name it."""
    try:
        from IPython import display, get_ipython
    except ImportError:
        get_ipython = None
    if get_ipython is None or get_ipython() is None:
        print(f"{kind}: {path}")
    elif kind == "Image":
        display.display(display.Image(str(path), width=320))
    elif kind == "Audio":
        display.display(display.Audio(str(path)))
    else:
        display.display(display.Video(str(path), embed=True, width=512))


def sample() -> Path:
    """Ask Bolti where its sample portrait lies."""
    question = "from pipeline.cli.demo import sample_portrait; print(sample_portrait())"
    answer = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=True)
    return Path(answer.stdout.strip())


source_image = Path(image) if image else chosen("a photo or a short video") or sample()
show(
    "Video" if source_image.suffix.lower() in (".mp4", ".mov", ".webm") else "Image", source_image
)

# %% [markdown]
# ## Script or uploaded audio
#
# Type the words and choose a voice (the embedded voices work offline), or upload a recording that
# drives the lips as it is. `bolti voices` lists all voices.

# %%
# @title { display-mode: "form" }
words = "Namaste! I was only a photo. Now I can say your words for you."  # @param {type:"string"}
voice = "embedded-en-in-f"  # @param ["embedded-en-in-f", "embedded-en-in-m", "embedded-hi-f", "embedded-hi-m"]
upload_recording = False  # @param {type:"boolean"}

recording = chosen("a recording") if upload_recording else None
if recording is None:
    script = WORK / "script.txt"
    script.write_text(words, encoding="utf-8")
    bolti("say", "--voice", voice, "-o", WORK / "speech.wav", "--", words)
    said = ["--script", script, "--voice", voice]
    show("Audio", WORK / "speech.wav")
else:
    said = ["--audio", recording]
    show("Audio", recording)

# %% [markdown]
# ## Run image to video
#
# `auto` takes LatentSync where a GPU and its weights are, else the quick animation.
#
# Tick `i_have_consent` if this is true: I am 18 or older; I am the person in the photo, or that
# person has agreed to this video; I will not use it to deceive, harass or hurt anyone. The whole
# text is in `config/consent`. The sample portrait needs no tick.

# %%
# @title { display-mode: "form" }
engine = "auto"  # @param ["auto", "latentsync", "warp"]
i_have_consent = False  # @param {type:"boolean"}

if not i_have_consent and source_image != sample():
    raise SystemExit("Please read the text above, tick i_have_consent, and run this cell again.")
result = WORK / "result.mp4"
bolti("render", source_image, *said, "-o", result, "--engine", engine, "--i-have-consent")

# %% [markdown]
# ## See the result

# %%
# @title { display-mode: "form" }
download = False  # @param {type:"boolean"}

show("Video", result)
if download and ON_COLAB:
    from google.colab import files

    files.download(str(result))
