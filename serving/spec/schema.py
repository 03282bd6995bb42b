"""The published JSON Schema of a spec, so that editors complete and check it."""

from __future__ import annotations

from typing import Any

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.spec.hardware import CATALOG_GPU, NO_GPU
from llmdeploy.serving.spec.serving_spec import ServingSpec
from llmdeploy.serving.spec.values import DNS_LABEL

SCHEMA_ID = "urn:llmdeploy:serving-spec"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def spec_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a spec file: short forms, long forms and environments.

    It says what each value may look like; relations between values are for `llmdeploy validate`.
    """
    schema = ServingSpec.model_json_schema()
    overlay = _all_optional(schema, schema["$defs"])
    overlay = {key: overlay[key] for key in ("type", "properties", "additionalProperties")}
    schema["properties"]["environments"] = {
        "title": "Environments",
        "description": "What differs in an environment: mappings merge with the spec, the rest replaces.",
        "examples": [{"dev": {"regions": ["local/a", "local/b"]}}],
        "anyOf": [
            {
                "type": "object",
                "propertyNames": {"pattern": DNS_LABEL},
                "additionalProperties": overlay,
            },
            {"type": "null"},
        ],
    }
    filled: dict[str, Any] = _finished(schema)
    return {"$schema": DIALECT, "$id": SCHEMA_ID, **filled, "title": "llmdeploy serving spec"}


def _all_optional(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a part of a value, to lay over it. Lists are replaced, so their items stay whole."""
    if "$ref" in schema:
        about = {key: value for key, value in schema.items() if key != "$ref"}
        return about | _all_optional(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    relaxed = {key: value for key, value in schema.items() if key not in ("required", "$defs")}
    if "anyOf" in relaxed:
        relaxed["anyOf"] = [_all_optional(choice, definitions) for choice in relaxed["anyOf"]]
    if "properties" in relaxed:
        relaxed["properties"] = {
            key: _all_optional(value, definitions) for key, value in relaxed["properties"].items()
        }
    return relaxed


def _finished(schema: Any) -> Any:
    """The schema with the catalog's GPUs where they belong, and closed where it lists patterns of keys."""
    if isinstance(schema, list):
        return [_finished(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    finished = {key: _finished(value) for key, value in schema.items() if key != CATALOG_GPU}
    if CATALOG_GPU in schema:
        finished["enum"] = [*gpus(), NO_GPU]
    if "patternProperties" in schema:
        finished["additionalProperties"] = False
    return finished
