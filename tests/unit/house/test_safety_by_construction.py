"""What safety promises is held by the shape of the code, not by care."""

import ast
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from pipeline.render import VideoOrder
from pipeline.types import RenderRequest

ROOT = Path(__file__).parents[3]
MAKER = ROOT / "pipeline" / "safety" / "consent.py"


def calls_of(name: str, path: Path) -> list[int]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = (getattr(c.func, "id", getattr(c.func, "attr", "")) == name for c in called)
    return [call.lineno for call, is_named in zip(called, named, strict=True) if is_named]


@pytest.mark.parametrize("kind", [RenderRequest, VideoOrder])
def test_no_video_can_be_asked_for_without_a_consent(kind: type) -> None:
    (field,) = (field for field in fields(kind) if field.name == "consent")

    assert field.default is MISSING
    assert field.default_factory is MISSING
    assert "ConsentId" in str(field.type)
    assert "None" not in str(field.type)


def test_only_one_file_makes_consents() -> None:
    sources = [path for door in ("bot", "pipeline") for path in (ROOT / door).rglob("*.py")]

    assert [path for path in sources if calls_of("ConsentId", path)] == [MAKER]


def test_only_the_command_line_declares_a_consent_instead_of_asking() -> None:
    sources = [path for door in ("bot", "pipeline") for path in (ROOT / door).rglob("*.py")]
    by_name = {path.name for path in sources if calls_of("declared_consent", path)}

    assert by_name == {"consent.py"}
    assert not any(calls_of("declared_consent", path) for path in (ROOT / "bot").rglob("*.py"))
