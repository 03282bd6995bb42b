# ruff: noqa: N802 - the names are gRPC's
"""The provider of one package, as the engine speaks to it: gRPC requests in, the simulated cloud's answers
out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar

import grpc
import grpc.aio
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc

from llmdeploy.infra.simulate import schema
from llmdeploy.infra.simulate.cloud.cloud import Cloud
from llmdeploy.infra.simulate.cloud.compare import Change, compare
from llmdeploy.infra.simulate.cloud.pace import Call
from llmdeploy.infra.simulate.errors import CloudError, NeverReady
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.left import left_behind
from llmdeploy.infra.simulate.lookups.answer import answer
from llmdeploy.infra.simulate.lookups.ask import Ask
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.store import Store
from llmdeploy.infra.simulate.wire import has_unknown, plain, secret_keys, wired
from llmdeploy.serving.errors import LlmdeployError

_Done = TypeVar("_Done")
_Property = provider_pb2.PropertyDiff
_KINDS: Final = {
    ("add", False): _Property.ADD,
    ("add", True): _Property.ADD_REPLACE,
    ("delete", False): _Property.DELETE,
    ("delete", True): _Property.DELETE_REPLACE,
    ("update", False): _Property.UPDATE,
    ("update", True): _Property.UPDATE_REPLACE,
}


class CloudServicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves `package` from the store. `version` is what the provider says it is."""

    def __init__(self, package: str, version: str, store: Store) -> None:
        self._package = package
        self._version = version
        self._store = store
        self._cloud = Cloud(package, store, Place.of(store.settings(), {}))
        self._engine: Any = None
        self._cancelled = asyncio.Event()

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Name and version."""
        return plugin_pb2.PluginInfo(version=self._version)

    async def Attach(self, request: Any, context: Any) -> Any:
        """The engine says where it listens."""
        self._engine = engine_pb2_grpc.EngineStub(grpc.aio.insecure_channel(request.address))
        return empty_pb2.Empty()

    async def CheckConfig(self, request: Any, context: Any) -> Any:
        """The provider's own settings: taken as they are, as the simulated credentials are always good."""
        return provider_pb2.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: Any, context: Any) -> Any:
        """Other settings never replace what was made with the ones before."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    async def Configure(self, request: Any, context: Any) -> Any:
        """Take account, project and region."""
        self._cancelled = asyncio.Event()
        variables = {key: value for key, value in plain(request.args).items() if not has_unknown(value)}
        self._cloud = Cloud(self._package, self._store, Place.of(self._store.settings(), variables))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    async def Invoke(self, request: Any, context: Any) -> Any:
        """A data source."""
        args = plain(request.args)
        failures = schema.check_invoke(request.tok, args)
        if failures:
            return provider_pb2.InvokeResponse(failures=_failures(failures))
        ask = Ask(args, self._cloud.place, self._store)
        found = await self._told(context, _later(lambda: answer(request.tok, ask)))
        # `return` is a word of Python, so it cannot be written as an argument.
        answered: dict[str, Any] = {"return": wired({**args, **found})}
        return provider_pb2.InvokeResponse(**answered)

    async def Check(self, request: Any, context: Any) -> Any:
        """Everything wrong with a resource's inputs, else the inputs with what the provider adds."""
        token, news = _token(request.urn), plain(request.news)
        added, failures = await self._told(
            context, _later(lambda: self._cloud.check(token, request.urn, plain(request.olds), news))
        )
        if failures:
            return provider_pb2.CheckResponse(failures=_failures(failures))
        request.news.MergeFrom(wired({key: value for key, value in added.items() if key not in news}))
        return provider_pb2.CheckResponse(inputs=request.news)

    async def Diff(self, request: Any, context: Any) -> Any:
        """What changes, property by property."""
        olds = request.old_inputs if request.old_inputs.fields else request.olds
        found = compare(_token(request.urn), plain(olds), plain(request.news))
        replaced = [change.path for change in found.changes if change.replaces]
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some if found.changes else none,
            replaces=replaced,
            deleteBeforeReplace=found.delete_first,
            diffs=list(dict.fromkeys(_top(change.path) for change in found.changes)),
            detailedDiff={change.path: _difference(change) for change in found.changes},
            hasDetailedDiff=True,
        )

    async def Create(self, request: Any, context: Any) -> Any:
        """Make it, or say what will be known of it."""
        inputs, secrets = plain(request.properties), secret_keys(request.properties)
        token = _token(request.urn)
        if request.preview:
            known = await self._told(context, _later(lambda: self._cloud.foresee(token, inputs)))
            return provider_pb2.CreateResponse(properties=wired(known, secrets))
        call = self._call("create", request, inputs)
        record = await self._told(context, self._cloud.create(request.urn, inputs, secrets, call))
        return provider_pb2.CreateResponse(id=record.id, properties=_state(record))

    async def Read(self, request: Any, context: Any) -> Any:
        """What is there now; an empty id when it is gone."""
        region = _region(request.properties)
        record = self._cloud.find(_token(request.urn), request.urn, request.id, region)
        if record is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=record.id, properties=_state(record), inputs=wired(record.inputs, record.secrets)
        )

    async def Update(self, request: Any, context: Any) -> Any:
        """Change it in place, or say what will be known of it."""
        inputs, secrets = plain(request.news), secret_keys(request.news)
        record = await self._told(context, _later(lambda: self._found(request)))
        if request.preview:
            known = await self._told(context, _later(lambda: self._cloud.foresee_change(record, inputs)))
            return provider_pb2.UpdateResponse(properties=wired(known, secrets))
        call = self._call("update", request, inputs)
        changed = await self._told(context, self._cloud.update(record, inputs, secrets, call))
        return provider_pb2.UpdateResponse(properties=_state(changed))

    async def Delete(self, request: Any, context: Any) -> Any:
        """Remove it. What is gone already is as good as removed."""
        region = _region(request.properties)
        record = self._cloud.known(_token(request.urn), request.urn, request.id, region)
        if record is not None:
            call = self._call("delete", request, record.inputs)
            await self._told(context, self._cloud.delete(record, call))
        return empty_pb2.Empty()

    async def Cancel(self, request: Any, context: Any) -> Any:
        """The user stops the run: nothing is waited for any more, until an engine configures us again."""
        self._cancelled.set()
        return empty_pb2.Empty()

    def _found(self, request: Any) -> Record:
        record = self._cloud.known(_token(request.urn), request.urn, request.id, _region(request.olds))
        if record is None:
            raise CloudError(
                "",
                f"updating {_token(request.urn).rpartition(':')[2]} ({request.id}): couldn't find resource",
            )
        return record

    def _call(self, operation: str, request: Any, inputs: dict[str, Any]) -> Call:
        urn, token = request.urn, _token(request.urn)
        region = str(inputs.get("region") or inputs.get("location") or self._cloud.place.region)
        timeout = getattr(request, "timeout", 0.0)
        return Call(
            operation,
            token,
            urn.rpartition("::")[2],
            region,
            timeout,
            partial(self._tell, urn),
            self._cancelled,
        )

    def _tell(self, urn: str, line: str) -> None:
        """A line for the user; an engine that does not say where it listens gets none."""
        if self._engine is None:
            return
        request = engine_pb2.LogRequest(severity=engine_pb2.LogSeverity.INFO, message=line, urn=urn)
        self._engine.Log(request)

    async def _told(self, context: Any, work: Awaitable[_Done]) -> _Done:
        """The work's result; an error that a user can mend goes to the engine without a Python exception
        around it.
        """
        try:
            return await work
        except NeverReady as error:
            await context.abort(
                grpc.StatusCode.UNKNOWN,
                str(error),
                trailing_metadata=left_behind(error, _state(error.record)),
            )
            raise
        except LlmdeployError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise


async def _later(work: Callable[[], _Done]) -> _Done:
    return work()


def _token(urn: str) -> str:
    return str(urn).split("::")[2].rpartition("$")[2]


def _region(state: Any) -> str:
    """Where a resource is by the engine's state; empty for what it only knows the id of."""
    return str(plain(state).get("region") or "")


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _state(record: Record) -> Any:
    outputs = {name: value for name, value in record.outputs.items() if name != "id"}
    return wired(outputs, record.secrets)


def _difference(change: Change) -> Any:
    return _Property(kind=_KINDS[change.kind, change.replaces], inputDiff=True)


def _failures(failures: list[schema.InputFailure]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=each.property, reason=each.reason) for each in failures]
