"""What the simulated Bedrock holds, as records beside those of the providers.

One token, called as our Pulumi class is. Inputs are those of the job, outputs what GetImportedModel answers,
with `arn` and `tags` beside, as the providers of AWS have them. The id is the model's ARN, the logical name
the model's. A model is there once it is imported: while that goes on, there is a job only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.service_model import members
from llmdeploy.infra.simulate.store import Store

SERVICE: Final = "bedrock"
IMPORT: Final = "aws:bedrock/bedrockImport:BedrockImport"
_OURS: Final = ("arn", "tags")


def properties() -> tuple[str, ...]:
    """Of a record."""
    return (*members(SERVICE, "GetImportedModelResponse"), *_OURS)


def add(store: Store, arn: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Record:
    """Keep a new one."""
    name = str(outputs["modelName"])
    urn = f"urn:simulated:rest::{IMPORT}::{name}"
    record = Record(0, IMPORT, arn, urn, arn.split(":")[3], dict(inputs), {**outputs, "arn": arn})
    record = replace(record, number=store.add(record))
    store.index(record.number, frozenset({arn, name}), [])
    return record


def change(store: Store, record: Record, **values: Any) -> None:
    """Keep it with other values."""
    store.put(replace(record, outputs={**record.outputs, **values}))


def named(store: Store, location: str, identity: str) -> Record | None:
    """The model of an ARN or a name in a region."""
    return next(
        (
            each
            for each in store.of(IMPORT)
            if each.region == location and identity in (each.id, each.outputs["modelName"])
        ),
        None,
    )
