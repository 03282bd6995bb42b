"""How clouds are called in what users read."""

from __future__ import annotations

from typing import Final

CLOUD_NAMES: Final = {"aws": "AWS", "gcp": "Google Cloud", "azure": "Azure"}
"""By provider."""
