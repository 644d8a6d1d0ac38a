"""Settings of what every video carries: the label, the signature, the invisible mark.

None of them leaves one of the three out; there is no such setting.
"""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, model_validator

from pipeline.settings.section import Section


class LabelSettings(Section):
    """The visible label. It is in every frame; no setting turns it off."""

    text: str = Field(default="AI-generated", max_length=40, pattern=r"(^|\W)AI(\W|$)")
    """What the label says; it must name AI."""


class PrivacySettings(Section):
    """What keeps people's data apart from their names."""

    audit_key: SecretStr | None = None
    """The secret under which the audit trail is chained and names no person. Unset: one is made
    and kept in data_dir. Changing it makes the trail so far unreadable."""


class ProvenanceSettings(Section):
    """The signature (C2PA) and the invisible mark. Every video carries both."""

    folder: str = ""
    """Where the self-made certificate and the key of the mark lie; empty: in data_dir. All
    machines that make or check videos for one bot need the same content there."""
    certificate: str = ""
    """A file with your certificate chain in PEM, the leaf first; empty: a self-made one."""
    key: str = ""
    """The file with the private key of that certificate, in PEM, without a password."""
    mark_key: SecretStr | None = None
    """The secret that the invisible mark is made with and found by. Unset: one is made and kept in
    the folder. Changing it makes older videos unknown, but for their signature."""

    @model_validator(mode="after")
    def _certificate_and_key_come_together(self) -> Self:
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate and key belong together: set both or neither")
        if self.mark_key is not None and len(self.mark_key.get_secret_value()) < 16:
            raise ValueError("mark_key must have at least 16 characters")
        return self
