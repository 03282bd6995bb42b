"""Which deployment a resource belongs to, written on the resource itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LABEL_LENGTH = 63
"""Characters of a Google Cloud label's value (resource-manager/docs/creating-managing-labels)."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """The deployment: the spec's name, its stack, and the digest of the spec that made it what it is."""

    name: str
    stack: str
    spec_digest: str

    @property
    def tags(self) -> Mapping[str, str]:
        """AWS tags."""
        return {
            "llmdeploy:name": self.name,
            "llmdeploy:stack": self.stack,
            "llmdeploy:spec-digest": self.spec_digest,
        }

    @property
    def labels(self) -> Mapping[str, str]:
        """Google Cloud labels: lower case, no colon."""
        return {
            "llmdeploy-name": _label(self.name),
            "llmdeploy-stack": _label(self.stack),
            "llmdeploy-spec-digest": _label(self.spec_digest),
        }


def _label(value: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "-", value.lower())[:LABEL_LENGTH]
