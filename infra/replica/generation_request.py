"""A client's request, checked and turned into the one that the engine understands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from llmdeploy.infra.replica.api_error import ApiError, model_not_found
from llmdeploy.infra.replica.settings import ReplicaSettings

Endpoint = Literal["/v1/chat/completions", "/v1/completions"]

_COMPLETIONS_MAX_TOKENS = 16  # OpenAI's default of /v1/completions, and vLLM's


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """`model` is the name the client chose: the base model's or an adapter's. `body` is for the engine."""

    endpoint: Endpoint
    model: str
    stream: bool
    body: bytes


def read_request(
    endpoint: Endpoint, raw: bytes, settings: ReplicaSettings, has_tools: bool
) -> GenerationRequest:
    """Check `raw` and translate it.

    Args:
        has_tools: whether the model's chat template knows tools.

    Raises:
        ApiError: the request is wrong, with the words for the client.
    """
    body = _json_object(raw)
    model = _model(body, settings)
    stream = _stream(body)
    _refuse_several_answers(body)
    _refuse_tools(body, has_tools)
    if endpoint == "/v1/completions":
        body.setdefault("max_tokens", _COMPLETIONS_MAX_TOKENS)
    body["lora"] = [
        {"id": index, "scale": adapter.scale if adapter.name == model else 0.0}
        for index, adapter in enumerate(settings.adapters)
    ]
    body.pop("id_slot", None)
    return GenerationRequest(endpoint, model, stream, json.dumps(body, separators=(",", ":")).encode())


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ApiError(400, "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise ApiError(400, "The body is not a JSON object.")
    return body


def _model(body: dict[str, Any], settings: ReplicaSettings) -> str:
    known = (settings.served_model_name, *(adapter.name for adapter in settings.adapters))
    model = body.get("model", settings.served_model_name)
    if not isinstance(model, str):
        raise ApiError(400, "`model` is not a string.", param="model")
    if model not in known:
        raise model_not_found(model[:200], known)
    return model


def _stream(body: dict[str, Any]) -> bool:
    stream = body.get("stream") or False
    if not isinstance(stream, bool):
        raise ApiError(400, "`stream` is neither true nor false.", param="stream")
    return stream


def _refuse_several_answers(body: dict[str, Any]) -> None:
    for name in ("n", "best_of"):
        if body.get(name) not in (None, 1):
            raise ApiError(400, f"`{name}` must be 1: a slot of this replica holds one answer.", param=name)


def _refuse_tools(body: dict[str, Any], has_tools: bool) -> None:
    if body.get("tools") and body.get("tool_choice") != "none" and not has_tools:
        raise ApiError(400, "This model's chat template has no tools.", param="tools")
