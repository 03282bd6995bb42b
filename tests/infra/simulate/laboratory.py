"""A simulated cloud without an engine: resources are made one by one, by case files."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmdeploy.infra.simulate.cloud.cloud import Cloud
from llmdeploy.infra.simulate.cloud.pace import Call
from llmdeploy.infra.simulate.errors import CloudError
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.store import Store

_NAMED = re.compile(r"^\$\{(\w+)\.(\w+)\}$")


class Laboratory:
    """Makes resources in a folder's clouds; later ones may name what earlier ones are known by."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self.made: dict[str, Record] = {}
        self.told: list[str] = []

    def make(
        self,
        name: str,
        token: str,
        inputs: Mapping[str, Any],
        timeout_s: float = 0.0,
        secrets: tuple[str, ...] = (),
    ) -> Record:
        """As the engine does: check, then create. Raises CloudError or AssertionError with all failures."""
        given = self.filled(inputs)
        urn = f"urn:pulumi:dev::test::{token}::{name}"
        cloud = self.cloud(token)
        added, failures = cloud.check(token, urn, {}, given)
        if failures:
            raise CloudError("", "; ".join(f"{each.property}: {each.reason}" for each in failures))
        region = str(given.get("region", cloud.place.region))
        call = Call("create", token, name, region, timeout_s, self.told.append)
        self.made[name] = asyncio.run(cloud.create(urn, {**added, **given}, secrets, call))
        return self.made[name]

    def delete(self, name: str) -> None:
        """Raises CloudError: it is still used."""
        record = self.made[name]
        call = Call("delete", record.token, name, record.region, 0.0, self.told.append)
        asyncio.run(self.cloud(record.token).delete(record, call))

    def cloud(self, token: str) -> Cloud:
        return Cloud(token.partition(":")[0], self.store, Place())

    def filled(self, value: Any) -> Any:
        """`${name.property}` stands for an output."""
        if isinstance(value, Mapping):
            return {key: self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        named = _NAMED.match(value) if isinstance(value, str) else None
        return self.made[named.group(1)].outputs[named.group(2)] if named else value
