"""The local provider: Pulumi's requests, translated for the four kinds of resource."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping

from pulumi.provider.experimental import provider as rpc

from llmdeploy.infra.provider import checking
from llmdeploy.infra.provider.changes import changes
from llmdeploy.infra.provider.errors import LocalError, Unfinished
from llmdeploy.infra.provider.kept import KeptInState
from llmdeploy.infra.provider.properties import marked, plain_map, state_of
from llmdeploy.infra.provider.resource import Resource
from llmdeploy.infra.provider.work import Work

Report = Callable[[str, str], None]
"""Takes a resource's URN and a line of progress."""


class LocalProvider(rpc.Provider):
    """Serves `resources` by their type. Blocking work runs in threads: replicas start side by side."""

    def __init__(self, resources: Mapping[str, Resource], report: Report) -> None:
        self._resources = resources
        self._report = report
        self._cancelled = threading.Event()
        self._turn = threading.Lock()

    async def configure(self, request: rpc.ConfigureRequest) -> rpc.ConfigureResponse:
        """Secrets come marked, and previews ask us."""
        return rpc.ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: rpc.CheckRequest) -> rpc.CheckResponse:
        """All failures at once; defaults filled in."""
        resource = self._resource(request.type)
        inputs = plain_map(request.new_inputs)
        failures = checking.failures(resource.inputs, inputs)
        filled = {key: marked(value) for key, value in checking.defaults(resource.inputs, inputs).items()}
        return rpc.CheckResponse(
            inputs={**request.new_inputs, **filled},
            failures=[rpc.CheckFailure(path, reason) for path, reason in failures],
        )

    async def diff(self, request: rpc.DiffRequest) -> rpc.DiffResponse:
        """What changes, in place or by another resource."""
        resource = self._resource(request.type)
        state, inputs = plain_map(request.old_state), plain_map(request.new_inputs)
        return await asyncio.to_thread(changes, resource, state, inputs, request.ignore_changes)

    async def create(self, request: rpc.CreateRequest) -> rpc.CreateResponse:
        """Make it, or say what will be known of it."""
        resource, inputs = self._resource(request.type), plain_map(request.properties)
        if request.preview:
            outputs = await asyncio.to_thread(resource.preview, inputs, {})
            return rpc.CreateResponse(
                properties=state_of(request.properties, outputs, resource.secret_outputs)
            )
        try:
            outputs = await asyncio.to_thread(resource.create, inputs, self._work(request.urn))
        except Unfinished as left:
            kept = state_of(request.properties, left.outputs, resource.secret_outputs)
            raise KeptInState(left, resource.resource_id(inputs), kept) from left
        return rpc.CreateResponse(
            resource.resource_id(inputs), state_of(request.properties, outputs, resource.secret_outputs)
        )

    async def read(self, request: rpc.ReadRequest) -> rpc.ReadResponse:
        """What is there now. Nothing can be imported: a local deployment is its state and its folder."""
        resource = self._resource(request.type)
        state = plain_map(request.properties)
        if not state:
            raise LocalError(f"{request.name} cannot be imported", "remove it and let `llmdeploy up` make it")
        outputs = await asyncio.to_thread(resource.read, state)
        if outputs is None:
            return rpc.ReadResponse(resource_id="")
        properties = state_of(request.properties, outputs, resource.secret_outputs)
        return rpc.ReadResponse(request.resource_id, properties, request.inputs)

    async def update(self, request: rpc.UpdateRequest) -> rpc.UpdateResponse:
        """Change or mend it, or say what will be known of it."""
        resource = self._resource(request.type)
        state, inputs = plain_map(request.olds), plain_map(request.news)
        if request.preview:
            outputs = await asyncio.to_thread(resource.preview, inputs, state)
        else:
            try:
                outputs = await asyncio.to_thread(resource.update, inputs, state, self._work(request.urn))
            except Unfinished as left:
                kept = state_of(request.news, left.outputs, resource.secret_outputs)
                raise KeptInState(left, resource.resource_id(inputs), kept) from left
        return rpc.UpdateResponse(state_of(request.news, outputs, resource.secret_outputs))

    async def delete(self, request: rpc.DeleteRequest) -> None:
        """Remove all of it."""
        resource = self._resource(request.type)
        await asyncio.to_thread(resource.delete, plain_map(request.properties), self._work(request.urn))

    async def cancel(self) -> None:
        """Stop waiting; what was being created is ended again."""
        self._cancelled.set()

    def _resource(self, kind: str) -> Resource:
        token = kind.rpartition("$")[2]
        if token not in self._resources:
            raise LocalError(
                f"{token} is not a resource of llmdeploy", f"known are {', '.join(self._resources)}"
            )
        return self._resources[token]

    def _work(self, urn: str) -> Work:
        return Work(lambda line: self._report(urn, line), self._cancelled, self._turn)
