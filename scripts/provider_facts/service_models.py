"""Reads botocore's service models by the names that the AWS SDK for Go gives its packages."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import botocore


@cache
def service_model(package: str) -> Mapping[str, Any]:
    """Operations and shapes of `elasticloadbalancingv2`; empty ones when botocore has no such service."""
    path = _paths().get(package)
    if path is None:
        return {"operations": {}, "shapes": {}}
    with gzip.open(path, "rt") as file:
        return dict(json.load(file))


@cache
def _paths() -> Mapping[str, Path]:
    """The service id as Go packages are named (lower case, letters and digits) → its newest model."""
    found = {}
    for path in sorted((Path(botocore.__file__).parent / "data").glob("*/*/service-2.json.gz")):
        with gzip.open(path, "rt") as file:
            match = re.search(r'"serviceId":"([^"]+)"', file.read(4000))
        if match:
            found[plain(match.group(1))] = path
    return found


def plain(text: str) -> str:
    """Lower case, letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
