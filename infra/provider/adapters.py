"""Adapters of a replica that runs: what it has loaded, and the calls that make it what is wanted.

vLLM 0.32 (entrypoints/serve/lora, entrypoints/openai/models/serving.py) and SGLang 0.5.23 (http_server.py,
tokenizer_control_mixin.py) list adapters in /v1/models with their base model as `parent` and their source as
`root`. vLLM replaces one of the same name in place; SGLang must unload it first, and lets requests that use
it end before that.
"""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any

from llmdeploy.infra.provider import ports
from llmdeploy.infra.provider.errors import ProcessFailed
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frameworks.adapters import PREFIXES, Calls
from llmdeploy.serving.frozen import Frozen

Call = tuple[str, dict[str, Any]]
"""A path and a JSON body to post."""

LIST_TIMEOUT_S = 5.0


class AdaptersInput(Frozen):
    """What a replica is to have loaded: adapter → folder or hub id."""

    calls: Calls
    sources: dict[str, str]


def swap(name: str, port: int, wanted: Mapping[str, Any] | None, timeout_s: float, work: Work) -> None:
    """Load what is wanted and unload the rest. Nothing is called where that is so already.

    Args:
        name: the replica's, for messages.
        wanted: `AdaptersInput` as plain data; None: a replica whose adapters its command lists.
        timeout_s: for each call: loading one may fetch it first.

    Raises:
        ProcessFailed: the replica refuses one, or does not answer.
    """
    if wanted is None:
        return
    for path, body in _calls(wanted["calls"], _loaded(name, port), wanted["sources"]):
        work.report(f"{name}: {_doing(path)} {body['lora_name']}")
        _post(name, port, path, body, timeout_s)


def restore(name: str, port: int, before: Mapping[str, Any] | None, timeout_s: float) -> None:
    """Bring back what was loaded before a change that failed. One started anew loads it by itself."""
    with contextlib.suppress(ProcessFailed):
        swap(name, port, before, timeout_s, Work(lambda line: None))


def are_loaded(port: int, wanted: Mapping[str, Any] | None) -> bool:
    """Whether the replica has just the adapters wanted."""
    if wanted is None:
        return True
    try:
        return _loaded("", port) == dict(wanted["sources"])
    except ProcessFailed:
        return False


def _calls(calls: Calls, loaded: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[Call]:
    """New ones first: a change that fails half-way has taken nothing away."""
    load, unload = (f"{PREFIXES[calls]}/{what}_lora_adapter" for what in ("load", "unload"))
    for adapter, source in wanted.items():
        if adapter not in loaded:
            yield load, {"lora_name": adapter, "lora_path": source}
        elif loaded[adapter] != source and calls == "vllm":
            yield load, {"lora_name": adapter, "lora_path": source, "load_inplace": True}
        elif loaded[adapter] != source:
            yield unload, {"lora_name": adapter}
            yield load, {"lora_name": adapter, "lora_path": source}
    for adapter in loaded.keys() - wanted.keys():
        yield unload, {"lora_name": adapter}


def _doing(path: str) -> str:
    return "unloading" if "unload" in path else "loading"


def _loaded(name: str, port: int) -> dict[str, str]:
    status, body = _request(name, port, "GET", "/v1/models", None, LIST_TIMEOUT_S)
    try:
        models = json.loads(body)["data"]
        return {model["id"]: model["root"] for model in models if model.get("parent")}
    except (ValueError, KeyError, TypeError):
        raise ProcessFailed(
            f"{name} does not say which adapters it has: /v1/models answers {status}", "see its log"
        ) from None


def _post(name: str, port: int, path: str, body: dict[str, Any], timeout_s: float) -> None:
    status, answer = _request(name, port, "POST", path, body, timeout_s)
    if status != http.client.OK:
        source = body.get("lora_path")
        raise ProcessFailed(
            f"{name}: {_doing(path)} the adapter {body['lora_name']} failed: {_message(status, answer)}",
            f"mend {source}, or take it out of model.adapters" if source else "see its log",
        )


def _request(
    name: str, port: int, method: str, path: str, body: dict[str, Any] | None, timeout_s: float
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=timeout_s)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"content-type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        raise ProcessFailed(f"{name} does not answer {method} {path}: {error}", "see its log") from error
    finally:
        connection.close()


def _message(status: int, answer: bytes) -> str:
    """vLLM has `{"error": {"message"}}`, SGLang `{"error_message"}`."""
    try:
        told = json.loads(answer)
        return str(told["error"]["message"] if "error" in told else told["error_message"])
    except (ValueError, KeyError, TypeError):
        return f"it answered {status}"
