"""Errors as plain values, for the pipe between a child process and its parent."""

from __future__ import annotations

from pipeline.errors.engine import RenderFailed
from pipeline.errors.root import BoltiError


def wire(error: BoltiError) -> dict[str, object]:
    """Turn an error into plain JSON values for the parent process."""
    return {"name": type(error).__name__, "text": str(error), "values": error.values()}


def revive(name: str, text: str, values: dict[str, str | int | float]) -> BoltiError:
    """Make the error again that a child process named; an unknown name is a ``RenderFailed``."""
    kind = _by_name(BoltiError).get(name, RenderFailed)
    error = kind.__new__(kind)
    error.args = (text,)
    for key, value in values.items():
        setattr(error, key, value)
    return error


def every_error() -> list[type[BoltiError]]:
    """List the classes of the tree, in the order in which they stand here."""
    return list(_by_name(BoltiError).values())


def _by_name(kind: type[BoltiError]) -> dict[str, type[BoltiError]]:
    found = {kind.__name__: kind}
    for child in kind.__subclasses__():
        found |= _by_name(child)
    return found
