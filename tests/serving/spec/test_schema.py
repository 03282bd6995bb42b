"""The published JSON Schema accepts what the loader accepts, and refuses bad keys and values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from llmdeploy.serving.spec.schema import spec_schema

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "stacks" / "examples"
VALID = [*sorted(EXAMPLES.glob("*.yaml")), *sorted((HERE / "good").glob("*.yaml"))]
BY_FORM = ("unknown-", "wrong-types", "too-small", "durations", "urls", "missing-", "empty-", "args-", "name")
"""The bad cases whose fault is one value's own form; relations between values are not for a schema."""
MALFORMED = [case for case in sorted((HERE / "bad").glob("*.yaml")) if case.stem.startswith(BY_FORM)]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = spec_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.stem)
def test_it_accepts_a_valid_spec(validator: Draft202012Validator, case: Path) -> None:
    document = read(case)
    if case.stem == "environment-completes":  # The rest of it is in its environment.
        document |= document.pop("environments")["dev"]
    validator.validate(document)


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case.stem)
def test_it_refuses_a_malformed_spec(validator: Draft202012Validator, case: Path) -> None:
    assert not validator.is_valid(read(case))


def test_it_refuses_a_bad_key_at_every_level(validator: Draft202012Validator) -> None:
    whole = read(EXAMPLES / "full.yaml")
    mappings = list(mappings_in(whole))
    assert len(mappings) > 15
    for mapping, path in mappings:
        if path[-1:] in (("args",), ("residency",), ("environments",)):
            continue
        mapping["no-such-key"] = 1
        assert not validator.is_valid(whole), path
        del mapping["no-such-key"]
    validator.validate(whole)


def test_every_field_has_a_title_and_a_description() -> None:
    fields = list(fields_in(spec_schema(), ()))
    assert len(fields) > 40
    assert [path for field, path in fields if "title" not in field] == []
    assert [path for field, path in fields if not {"$ref", "description"} & set(field)] == []


def test_the_examples_of_every_field_are_accepted_there() -> None:
    schema = spec_schema()
    for field, _ in fields_in(schema, ()):
        for example in field.get("examples", ()):
            Draft202012Validator({**field, "$defs": schema["$defs"]}).validate(example)


def read(case: Path) -> Any:
    return yaml.safe_load(case.read_text("utf-8"))


def mappings_in(
    value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
    if isinstance(value, dict):
        yield value, path
        for key, below in list(value.items()):
            yield from mappings_in(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from mappings_in(below, (*path, index))


def fields_in(schema: Any, path: tuple[str, ...]) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    if isinstance(schema, dict):
        for name, field in schema.get("properties", {}).items():
            yield field, (*path, name)
        for key, below in schema.items():
            yield from fields_in(below, (*path, key))
    elif isinstance(schema, list):
        for below in schema:
            yield from fields_in(below, path)
