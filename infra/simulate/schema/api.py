"""The questions that the simulated clouds ask. Tokens as the engine writes them: `aws:ec2/vpc:Vpc`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from llmdeploy.infra.simulate.schema import sdk
from llmdeploy.infra.simulate.schema.check import check
from llmdeploy.infra.simulate.schema.defaults import filled
from llmdeploy.infra.simulate.schema.facts import NOTHING, Facts, facts_of
from llmdeploy.infra.simulate.schema.failure import InputFailure
from llmdeploy.infra.simulate.schema.property_type import PropertyType
from llmdeploy.infra.simulate.schema.replacement import forces_new
from llmdeploy.infra.simulate.schema.sdk_source import DISTRIBUTIONS, sdk_version


@dataclass(frozen=True, slots=True)
class Schema:
    """All that is known of a token."""

    declared: sdk.Declared
    facts: Facts


def check_inputs(token: str, inputs: Mapping[str, Any]) -> list[InputFailure]:
    """Everything wrong with a resource's inputs. UNKNOWN stands for a value known only after `up`."""
    schema = _resource(token)
    if schema is None:
        return [_no_such(token, "resource")]
    return check(inputs, schema.declared.inputs, schema.facts)


def check_invoke(token: str, args: Mapping[str, Any]) -> list[InputFailure]:
    """Everything wrong with a data source's arguments."""
    declared = _function(token)
    if declared is None:
        return [_no_such(token, "function")]
    return check(args, declared.inputs, NOTHING)


def with_defaults(token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's inputs with what its provider fills in by default, as its state then has it."""
    schema = _resource(token)
    return filled(inputs, schema.facts) if schema else dict(inputs)


def replaces(token: str, path: str) -> bool:
    """Does a change at the path, like `rules[0].action`, force a new resource.

    False for tokens that the SDK does not have. See forces_new for paths to whole objects.
    """
    schema = _resource(token)
    return schema is not None and forces_new(schema.facts, path)


def outputs(token: str) -> Mapping[str, PropertyType]:
    """A resource's outputs or a function's results, by name; empty when the SDK has neither."""
    schema = _resource(token)
    declared = schema.declared if schema else _function(token)
    return declared.outputs if declared else {}


def inputs(token: str) -> Mapping[str, PropertyType]:
    """A resource's inputs or a function's arguments, by name; empty when the SDK has neither."""
    schema = _resource(token)
    declared = schema.declared if schema else _function(token)
    return declared.inputs if declared else {}


def is_resource(token: str) -> bool:
    """Does the pinned SDK have a resource of this token."""
    package = _package(token)
    return package is not None and sdk.has_resource(package, token)


def is_function(token: str) -> bool:
    """Does the pinned SDK have a function of this token."""
    package = _package(token)
    return package is not None and sdk.has_function(package, token)


@cache
def _resource(token: str) -> Schema | None:
    if not is_resource(token):
        return None
    package = token.split(":")[0]
    declared = sdk.declared_resource(package, token)
    return Schema(declared, facts_of(package, token)) if declared else None


@cache
def _function(token: str) -> sdk.Declared | None:
    return sdk.declared_function(token.split(":")[0], token) if is_function(token) else None


def _package(token: str) -> str | None:
    package, _, rest = token.partition(":")
    slashed = "/" in rest or package == "azure-native"
    return package if package in DISTRIBUTIONS and slashed and rest.count(":") == 1 else None


def _no_such(token: str, kind: str) -> InputFailure:
    package = token.partition(":")[0]
    if package not in DISTRIBUTIONS:
        return InputFailure("", f"{token} is not of a simulated package ({', '.join(DISTRIBUTIONS)})")
    return InputFailure("", f"{DISTRIBUTIONS[package]} {sdk_version(package)} has no {kind} {token}")
