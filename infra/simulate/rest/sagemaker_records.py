"""What the simulated SageMaker holds of inference components, as records beside those of the providers.

One token, called as a Pulumi class of theirs would be. Inputs are those of the request, outputs what
DescribeInferenceComponent answers, with `arn` and `tags` beside, as the providers of AWS have them. The id is
the component's ARN, the logical name its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from llmdeploy.infra.simulate.fleet.components import COMPONENT
from llmdeploy.infra.simulate.records import Record, Reference
from llmdeploy.infra.simulate.rest.service_model import members
from llmdeploy.infra.simulate.store import Store

SERVICE: Final = "sagemaker"
SHOWN: Final = "DescribeInferenceComponentOutput"
_OURS: Final = ("arn", "tags")


def properties() -> tuple[str, ...]:
    """Of a record."""
    return (*members(SERVICE, SHOWN), *_OURS)


def add(store: Store, inputs: Mapping[str, Any], outputs: Mapping[str, Any], endpoint: Record) -> Record:
    """Keep a new one, which hangs on its endpoint."""
    arn, name = str(outputs["InferenceComponentArn"]), str(outputs["InferenceComponentName"])
    urn = f"urn:simulated:rest::{COMPONENT}::{name}"
    record = Record(0, COMPONENT, arn, urn, endpoint.region, dict(inputs), {**outputs, "arn": arn})
    record = replace(record, number=store.add(record))
    # Not by its name: that of its endpoint may be the same.
    store.index(record.number, frozenset({arn}), [Reference("EndpointName", endpoint.id, endpoint.number)])
    return record


def change(store: Store, record: Record, **values: Any) -> Record:
    """Keep it with other values."""
    changed = replace(record, outputs={**record.outputs, **values})
    store.put(changed)
    return changed
