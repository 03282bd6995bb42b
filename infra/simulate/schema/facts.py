"""What the providers themselves ask of inputs, from data/<package>.jsonl. scripts/provider_facts makes it;
that of azure-native is written by hand, from the paths of Azure's REST API.

A node of the tree says of a property:
  of          nodes of nested properties, by name
  new         a change forces a new resource
  default     what the provider fills in
  enum, range, length, match, unlike, form      what a value must hold; `any_case` goes with enum
  any         groups of such nodes, of each of which one must hold
  cloud       the values are from the cloud's own model, not from the provider
  documented  the values are from the SDK's documentation alone
  items, each how many items a list has, and what each must hold
  relations   between names within: [kind, name, other, …]
  open        the SDK has more names than the provider's source
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

Facts = Mapping[str, Any]
NOTHING: Final[Facts] = {}
_DATA: Final = Path(__file__).parent / "data"


def facts_of(package: str, token: str) -> Facts:
    """A resource's tree; an empty one when the provider's source has no resource that fits the token."""
    line = _lines(package).get(token)
    return json.loads(line) if line else NOTHING


def data_file(package: str) -> Path:
    """Where a package's facts are."""
    return _DATA / f"{package}.jsonl"


@cache
def _lines(package: str) -> Mapping[str, str]:
    _header, *lines = data_file(package).read_text().splitlines()
    return dict(line.split("\t", 1) for line in lines)
