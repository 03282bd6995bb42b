"""JSON Schemas: whether one is right, and what a value has against it. jsonschema is an extra."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.quality.case import Schema, excerpt

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


@contextmanager
def needed_for_schemas() -> Iterator[None]:
    """Raises LlmdeployError where jsonschema is imported and not installed."""
    try:
        yield
    except ImportError:
        raise LlmdeployError(
            "check: json-schema needs jsonschema, which is not installed",
            "pip install 'llmdeploy-stacks[rollout]'",
        ) from None


def schema_problem(schema: Any) -> str:
    """What is wrong with a schema; empty when nothing is, or when jsonschema is not there to say it."""
    if not isinstance(schema, (dict, bool)):
        return "must be a JSON Schema"
    try:
        from jsonschema.exceptions import SchemaError
    except ImportError:  # whoever runs the gate is told to install it
        return ""
    validator = _validator(schema)
    if validator is None:
        return f"is of a dialect that is not known: {excerpt(str(schema['$schema']), 80)}"  # type: ignore[index]
    try:
        # The formats too: a pattern that is none would raise when a value is held against it. The argument is
        # missing in the library's protocol, not in its classes.
        validator.check_schema(schema, format_checker=validator.FORMAT_CHECKER)  # type: ignore[arg-type, call-arg]
    except SchemaError as error:
        return f"is no JSON Schema: {error.json_path}: {excerpt(error.message)}"
    except RecursionError:
        return "is nested too deeply"
    return ""


def violation(schema: Schema, value: Any) -> str:
    """The most telling thing that a value has against a schema; empty when nothing.

    Raises:
        LlmdeployError: jsonschema is not installed.
    """
    with needed_for_schemas():
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import UnknownType, best_match
        from referencing import Registry
        from referencing.exceptions import Unresolvable

    validator = _validator(schema) or Draft202012Validator
    try:
        # With a registry of its own: the library would fetch schemas that this one names from the network.
        found = best_match(validator(schema, registry=Registry()).iter_errors(value))
    except RecursionError:
        return "is nested too deeply"
    except Unresolvable as error:
        return f"the schema names {error.ref}, which is not in it"
    except (re.error, UnknownType, TypeError, ValueError) as error:
        return f"the schema cannot be used: {excerpt(str(error))}"
    return "" if found is None else f"{found.json_path}: {excerpt(found.message)}"


def _validator(schema: Schema) -> type[Validator] | None:
    """That of the dialect which the schema names; None for one that is not known."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for

    if isinstance(schema, bool) or "$schema" not in schema:
        return Draft202012Validator
    named = schema["$schema"]
    return validator_for(schema, default=None) if isinstance(named, str) else None  # type: ignore[arg-type]
