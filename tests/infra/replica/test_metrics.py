"""The figures of /metrics are those of the requests that were sent."""

from __future__ import annotations

from typing import Any

import httpx
import openai
import pytest

from llmdeploy.serving.metrics import normalise

ASKED: dict[str, Any] = {"messages": [{"role": "user", "content": "Go on."}], "temperature": 0}


def test_counts_equal_what_was_sent(start_replica: Any, lora: Any) -> None:
    replica = start_replica("--adapter", f"legal={lora}")
    client = replica.client
    whole = [client.chat.completions.create(model="chat", max_tokens=10, **ASKED) for _ in range(3)]
    for _ in range(2):
        list(client.chat.completions.create(model="legal", max_tokens=7, stream=True, **ASKED))
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="other", **ASKED)

    own = {"replica": "a-0", "region": "local/a"}
    assert replica.metric("llmdeploy_requests_total", model="chat", outcome="success", **own) == 3
    assert replica.metric("llmdeploy_requests_total", model="legal", outcome="success", **own) == 2
    assert replica.metric("llmdeploy_requests_total", outcome="invalid", **own) == 1
    assert replica.metric("llmdeploy_generation_tokens_total", model="chat") == 30
    assert replica.metric("llmdeploy_generation_tokens_total", model="legal") == 14
    assert replica.metric("llmdeploy_prompt_tokens_total", model="chat") == sum(
        a.usage.prompt_tokens for a in whole
    )
    for name in ("time_to_first_token", "time_per_output_token", "e2e_request_latency"):
        for model, count in (("chat", 3), ("legal", 2)):
            assert replica.metric(f"llmdeploy_{name}_seconds_count", model=model) == count
            assert replica.metric(f"llmdeploy_{name}_seconds_sum", model=model) > 0
    assert replica.metric("llmdeploy_replica_info", server="llama.cpp", weights="random", **own) == 1


def test_the_normaliser_reads_them(start_replica: Any) -> None:
    replica = start_replica()
    list(replica.client.chat.completions.create(model="chat", max_tokens=10, stream=True, **ASKED))
    read = normalise(httpx.get(f"{replica.url}/metrics").text, "llama.cpp")
    assert (read.running, read.waiting, read.generation_tokens) == (0, 0, 10)
    assert read.requests == {"success": 1}
    assert read.time_to_first_token.count == 1
    assert 0 < read.time_to_first_token.p50 < 5
    assert 0 < read.time_per_output_token.p95 < 5
