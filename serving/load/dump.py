"""A spec back to YAML, as a person would write it."""

from __future__ import annotations

from typing import Any

import yaml

from llmdeploy.serving.load.document import Path
from llmdeploy.serving.load.sections import section_at
from llmdeploy.serving.spec import ServingSpec


def dump_spec(spec: ServingSpec) -> str:
    """YAML that the loader reads back as `spec`: short forms where there are any, no defaults."""
    values = _shortest(spec.model_dump(mode="json", exclude_defaults=True), ())
    return yaml.dump(values, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=110)


def _shortest(value: Any, path: Path) -> Any:
    if isinstance(value, dict):
        section = section_at(path)
        values = {key: _shortest(below, (*path, key)) for key, below in value.items()}
        return section.shortest(values) if section else values
    if isinstance(value, list):
        return [_shortest(item, (*path, index)) for index, item in enumerate(value)]
    # The model keeps amounts as fractions; 60 reads better than 60.0.
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value
