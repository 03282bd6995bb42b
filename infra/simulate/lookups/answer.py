"""Answers a data source, or says loudly that it cannot."""

from __future__ import annotations

import time
from typing import Any, Final

from llmdeploy.infra.simulate import schema
from llmdeploy.infra.simulate.errors import CloudError, SimulationError
from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.lookups import aws_account, aws_compute, azure, gcp
from llmdeploy.infra.simulate.lookups.ask import Answer, Ask
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.references.handles import candidates

_ANSWERS: Final[dict[str, dict[str, Answer]]] = {
    "aws": {**aws_account.ANSWERS, **aws_compute.ANSWERS},
    "gcp": gcp.ANSWERS,
    "azure-native": azure.ANSWERS,
}


def answer(token: str, ask: Ask) -> dict[str, Any]:
    """The result of a data source.

    Raises:
        CloudError: what it asks for is not there.
        SimulationError: it is not simulated.
    """
    table = _ANSWERS[token.partition(":")[0]]
    if token in table:
        return table[token](ask)
    resource = _resource_of(token)
    if resource is None:
        known = ", ".join(sorted(each.rpartition(":")[2] for each in table))
        raise SimulationError(
            f"the simulated clouds cannot answer {token}",
            f"they know {known}, and get* of every resource that is in them",
        )
    return _of_resource(token, resource, ask)


def _resource_of(token: str) -> str | None:
    """`aws:ec2/getVpc:getVpc` → `aws:ec2/vpc:Vpc`."""
    package, path, name = token.split(":")
    kind = name.removeprefix("get")
    if package == "azure-native":
        resource = f"{package}:{path}:{kind}"
        return resource if schema.is_resource(resource) else None
    resource = f"{package}:{path.partition('/')[0]}/{kind[0].lower()}{kind[1:]}:{kind}" if kind else ""
    return resource if schema.is_resource(resource) else None


def _of_resource(token: str, resource: str, ask: Ask) -> dict[str, Any]:
    """A resource that is in the cloud, by any of its names among the arguments."""
    given = [
        value
        for name, value in ask.args.items()
        if isinstance(value, str) and name not in {"region", "project"}
    ]
    for value in given:
        for handle in candidates(value):
            for record in ask.store.answering(handle):
                if record.token == resource and _seen(record, ask):
                    return _answered(token, record)
    raise CloudError(
        "", f"reading {resource.rpartition(':')[2]}: couldn't find resource ({', '.join(given)})"
    )


def _seen(record: Record, ask: Ask) -> bool:
    late = Faults(ask.store).seconds("late", record.token, record.name, record.region)
    return time.time() - record.created >= late


def _answered(token: str, record: Record) -> dict[str, Any]:
    results = schema.outputs(token)
    return {name: value for name, value in record.outputs.items() if name in results} | {"id": record.id}
