"""The JSON Schema of a spec, as a file."""

from __future__ import annotations

import json


def schema_text() -> str:
    """The schema as JSON, with a newline at its end."""
    from llmdeploy.serving.spec.schema import spec_schema

    return f"{json.dumps(spec_schema(), indent=2, ensure_ascii=False)}\n"
