"""Compares framework versions by their first two numbers."""

from __future__ import annotations

import re

Version = tuple[int, int]
NEWEST: Version = (1_000_000, 0)
"""Newer than any release."""


def parse_version(version: str) -> Version:
    """`0.32.0` as (0, 32); what cannot be read as a version counts as older than all."""
    found = re.match(r"v?(\d{1,6})(?:\.(\d{1,6}))?", version)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)
