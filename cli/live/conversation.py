"""One prompt through the gateway, answered piece by piece."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from llmdeploy.serving.errors import LlmdeployError

# Headers that every replica adds to its answers.
REGION_HEADER: Final = "x-llmdeploy-region"
REPLICA_HEADER: Final = "x-llmdeploy-replica"

# The gateway covers a hung replica long before; past this the whole deployment is silent. Seconds.
_SILENCE_S: Final = 60.0


@dataclass(slots=True)
class Answer:
    """An answer under way: who gives it is known before the first piece of text."""

    region: str
    replica: str
    pieces: Iterator[str] = field(repr=False)


class AnswerFailed(LlmdeployError):
    """The gateway refused the prompt, or the answer broke off."""


@contextmanager
def asking(
    endpoint: str,
    key: str | None,
    model: str,
    prompt: str,
    *,
    max_tokens: int | None = None,
    trusted: str | None = None,
) -> Iterator[Answer]:
    """Send a prompt; the answer can be read inside the `with`.

    Args:
        endpoint: base URL of the gateway, with or without `/v1`.
        key: the API key; None when the deployment needs none.
        trusted: the certificates (PEM) of fronts that have signed their own; None for the public authorities.

    Raises:
        AnswerFailed: no answer, an error of the gateway, or a stream that broke off.
    """
    import httpx

    body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": prompt}], "stream": True}
    if max_tokens is not None:
        body["max_tokens"] = max_tokens
    headers = {"authorization": f"Bearer {key}"} if key else {}
    url = f"{endpoint.rstrip('/').removesuffix('/v1')}/v1/chat/completions"
    # A proxy of the environment has nothing to do with a gateway on this machine's loopback.
    verify = ssl.create_default_context(cadata=trusted) if trusted and url.startswith("https") else True
    with httpx.Client(timeout=_SILENCE_S, trust_env=False, verify=verify) as client:
        try:
            with client.stream("POST", url, json=body, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    raise _refused(response.status_code, response.read(), url)
                answered = response.headers
                region, replica = answered.get(REGION_HEADER, "?"), answered.get(REPLICA_HEADER, "?")
                yield Answer(region, replica, _pieces(response.iter_lines()))
        except httpx.ConnectError as error:
            raise AnswerFailed(
                f"nothing answers at {url}", "bring the deployment up with `llmdeploy up SPEC`"
            ) from error
        except httpx.HTTPError as error:
            raise AnswerFailed(
                f"the answer broke off: {str(error) or type(error).__name__}", "send the prompt again"
            ) from error


def _pieces(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            return
        event = json.loads(data)
        if "error" in event:
            why = event["error"].get("message", data)
            raise AnswerFailed(f"the answer broke off: {why}", "send the prompt again")
        for choice in event.get("choices", ()):
            if text := choice.get("delta", {}).get("content"):
                yield text
    raise AnswerFailed("the answer broke off before its end", "send the prompt again")


def _refused(status: int, body: bytes, url: str) -> AnswerFailed:
    try:
        message = json.loads(body)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        message = body.decode(errors="replace")[:200] or "no reason given"
    mends = {
        401: "the key was rotated or belongs to another deployment: see `llmdeploy key SPEC`",
        404: "see the names of model and adapters in `llmdeploy plan SPEC`",
        429: "the deployment is busy: try again in a moment",
        503: "see `llmdeploy status SPEC`",
    }
    return AnswerFailed(f"{url} answered {status}: {message}", mends.get(status, "see `llmdeploy logs SPEC`"))
