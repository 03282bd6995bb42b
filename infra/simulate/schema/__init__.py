"""What a resource of the clouds may look like: names, types, values, and what a change replaces.

Names and types come from the pinned Pulumi SDK's own classes, read as text; values from data/, which
scripts/provider_facts makes from the providers' sources, botocore's service models and Google's discovery
documents. What none of them says is not refused.
"""

from llmdeploy.infra.simulate.schema.api import (
    check_inputs,
    check_invoke,
    inputs,
    is_function,
    is_resource,
    outputs,
    replaces,
    with_defaults,
)
from llmdeploy.infra.simulate.schema.failure import InputFailure
from llmdeploy.infra.simulate.schema.property_type import PropertyType
from llmdeploy.infra.simulate.schema.unknown import UNKNOWN, Unknown

__all__ = [
    "UNKNOWN",
    "InputFailure",
    "PropertyType",
    "Unknown",
    "check_inputs",
    "check_invoke",
    "inputs",
    "is_function",
    "is_resource",
    "outputs",
    "replaces",
    "with_defaults",
]
