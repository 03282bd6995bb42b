"""A provider for tests: each `probe:index:Thing` is a file in a folder, made slowly, or with a failure.

Inputs: `folder` (where the file goes), `value` (its text), `fixed` (a change replaces the thing), `seconds`
(how long a create or update takes, with a progress message every tenth), `fail` (the message it fails with)
and `secret`. A file `<name>.begun` appears when the work begins. Run as `pulumi-resource-probe`; world.py has
the program's side.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import grpc
from pulumi.provider.experimental import provider as pp
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.server import main
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

Properties = dict[str, PropertyValue]
_KINDS = {"fixed": pp.PropertyDiffKind.UPDATE_REPLACE}


class Probe(pp.Provider):
    """Files as resources."""

    def __init__(self, engine_address: str) -> None:
        self._engine_address = engine_address

    async def check(self, request: pp.CheckRequest) -> pp.CheckResponse:
        failures = (
            [pp.CheckFailure("value", "must not be bad")]
            if _text(request.new_inputs, "value") == "bad"
            else []
        )
        return pp.CheckResponse(inputs=request.new_inputs, failures=failures)

    async def diff(self, request: pp.DiffRequest) -> pp.DiffResponse:
        changed = [
            key
            for key in sorted({*request.new_inputs, *request.old_state} - {"seconds", "fail"})
            if request.new_inputs.get(key) != request.old_state.get(key)
        ]
        return pp.DiffResponse(
            changes=bool(changed),
            replaces=[key for key in changed if key in _KINDS],
            diffs=changed,
            detailed_diff={
                key: pp.PropertyDiff(_KINDS.get(key, pp.PropertyDiffKind.UPDATE), input_diff=False)
                for key in changed
            },
        )

    async def create(self, request: pp.CreateRequest) -> pp.CreateResponse:
        if request.preview:
            return pp.CreateResponse(resource_id=None, properties=request.properties)
        await self._work(request.urn, request.name, request.properties)
        return pp.CreateResponse(resource_id=request.name, properties=request.properties)

    async def update(self, request: pp.UpdateRequest) -> pp.UpdateResponse:
        if not request.preview:
            await self._work(request.urn, request.name, request.news)
        return pp.UpdateResponse(properties=request.news)

    async def read(self, request: pp.ReadRequest) -> pp.ReadResponse:
        file = _file(request.name, request.properties)
        if not file.exists():
            return pp.ReadResponse()
        found = {**request.properties, "value": PropertyValue(file.read_text())}
        return pp.ReadResponse(request.resource_id, found, request.inputs)

    async def delete(self, request: pp.DeleteRequest) -> None:
        _file(request.name, request.properties).unlink(missing_ok=True)

    async def _work(self, urn: str, name: str, wanted: Properties) -> None:
        file = _file(name, wanted)
        file.parent.mkdir(parents=True, exist_ok=True)
        begun = file.with_suffix(".begun")
        begun.touch()
        for tenth in range(int(float(_text(wanted, "seconds") or "0") * 10)):
            await self._say(urn, f"{name}: {tenth / 10:.1f} s")
            await asyncio.sleep(0.1)
        if message := _text(wanted, "fail"):
            raise RuntimeError(message)
        file.write_text(_text(wanted, "value"))

    async def _say(self, urn: str, message: str) -> None:
        async with grpc.aio.insecure_channel(self._engine_address) as channel:
            request = engine_pb2.LogRequest(
                severity=engine_pb2.INFO, message=message, urn=urn, ephemeral=True
            )
            await engine_pb2_grpc.EngineStub(channel).Log(request)


def _text(properties: Properties, key: str) -> str:
    found: Any = properties.get(key)
    return str(found.value) if found is not None and isinstance(found.value, str) else ""


def _file(name: str, properties: Properties) -> Path:
    return Path(_text(properties, "folder")) / name


def _end_with(parent: int) -> None:
    """A plugin whose engine was killed would stay for ever."""
    while os.getppid() == parent:
        time.sleep(0.1)
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    main(sys.argv[1:], "0.1.0", Probe(sys.argv[1]))
