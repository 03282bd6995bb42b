"""Where things of Vertex AI are: hosts, and names of resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def host(location: str) -> str:
    """The regional host of the control interface (discovery document, `endpoints`)."""
    return f"{location}-aiplatform.googleapis.com"


def parent(values: Mapping[str, Any]) -> str:
    """`projects/P/locations/L`."""
    return f"projects/{values['project']}/locations/{values['location']}"


def place(values: Mapping[str, Any]) -> str:
    """How people are told: `gcp/us-central1`."""
    return f"gcp/{values['location']}"
