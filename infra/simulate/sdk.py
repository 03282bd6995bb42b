"""What the pinned SDK says of a resource, as far as a stand-in must answer it: names, outputs, how ids
look.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.fleet.components import COMPONENT
from llmdeploy.infra.simulate.rest import bedrock_records, sagemaker_records
from llmdeploy.infra.simulate.rest.discovery import properties
from llmdeploy.infra.simulate.rest.vertex_records import DOCUMENT, SCHEMAS
from llmdeploy.infra.simulate.schema import PropertyType, inputs, is_resource, outputs
from llmdeploy.infra.simulate.schema.sdk_source import resource_file, source

_IMPORT_FORM: Final = re.compile(r"^ +\* `([^`\n]*\{\{[^`\n]*)`$", re.M)
_IMPORT_EXAMPLE: Final = re.compile(r"\$ pulumi import \S+ \S+ (\S+)")
_IMPORT: Final = re.compile(r"^ +## Import$(.*?)\"\"\"", re.M | re.S)
_OF_AMAZON: Final[Mapping[str, Callable[[], tuple[str, ...]]]] = {
    bedrock_records.IMPORT: bedrock_records.properties,
    COMPONENT: sagemaker_records.properties,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What the SDK says of a resource. Names in camelCase, as on the wire.

    Attributes:
        inputs: the names of what a program may give.
        required: those that it must.
        outputs: everything that can be read back.
        id_forms: the ways in which the provider takes an id for import, such as
            `projects/{{project}}/global/networks/{{name}}`, the fullest first.
        id_example: an id from the documentation, or nothing.
    """

    inputs: frozenset[str]
    required: frozenset[str]
    outputs: Mapping[str, PropertyType]
    id_forms: tuple[str, ...]
    id_example: str


def _of_rest(token: str) -> Shape:
    """What is asked over REST: its properties are those of the discovery document, or of botocore's model."""
    names = _OF_AMAZON[token]() if token in _OF_AMAZON else properties(DOCUMENT, SCHEMAS[token])
    return Shape(frozenset(names), frozenset(), dict.fromkeys(names, PropertyType("any")), (), "")


@cache
def shape(token: str) -> Shape:
    """Read it. Raises SimulationError: the SDK has no such resource."""
    if token in SCHEMAS or token in _OF_AMAZON:
        return _of_rest(token)
    if not is_resource(token):
        raise SimulationError(f"the pinned SDK has no resource {token}", "see the SDK's list of resources")
    file = resource_file(token.partition(":")[0], token)
    imports = _IMPORT.search(source(file).text) if file else None
    told = imports.group(1) if imports else ""
    example = _IMPORT_EXAMPLE.search(told)
    given = inputs(token)
    return Shape(
        inputs=frozenset(given),
        required=frozenset(name for name, kind in given.items() if kind.required),
        outputs=outputs(token),
        id_forms=tuple(_IMPORT_FORM.findall(told)),
        id_example=example.group(1) if example else "",
    )
