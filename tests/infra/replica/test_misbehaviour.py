"""What `LLMDEPLOY_REPLICA_FAULT` makes of a real replica, as clients, health checks and measures see it."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import openai
import pytest

PROMPT: list[Any] = [{"role": "user", "content": "Say something."}]


def ask(replica: Any, **wanted: Any) -> Any:
    wanted = {"model": "chat", "messages": PROMPT, "max_tokens": 4, "temperature": 0, **wanted}
    return replica.client.chat.completions.create(**wanted)


def text_of(answer: Any) -> str:
    return str(answer.choices[0].message.content)


def streamed(replica: Any, **wanted: Any) -> str:
    chunks = ask(replica, stream=True, **wanted)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def fails(replica: Any, **wanted: Any) -> bool:
    try:
        ask(replica, **wanted)
    except openai.InternalServerError as error:
        return error.code == "misbehaving_on_purpose"
    return False


def stop(replica: Any) -> str:
    """The log of a replica that was told to end."""
    replica.process.terminate()
    return str(replica.log())


def test_it_says_that_it_misbehaves(start_replica: Any) -> None:
    replica = start_replica(fault="errors=0.2, slow=2")
    label = "llama.cpp, misbehaving on purpose (errors=0.2, slow=2)"
    assert httpx.get(f"{replica.url}/v1/models").headers["x-llmdeploy-server"] == label
    assert replica.metric("llmdeploy_replica_info", server=label) == 1
    assert "WARNING misbehaving on purpose: LLMDEPLOY_REPLICA_FAULT=errors=0.2, slow=2" in stop(replica)


@pytest.mark.parametrize(
    "part",
    ["eat", "errors", "errors=2", "errors=1/0", "slow=0.5", "slow=nan", "hang=1", "crash=0", "noise=x"],
)
def test_what_is_no_fault_is_refused(start_replica: Any, part: str) -> None:
    replica = start_replica(fault=f"noise,{part}" if part != "noise=x" else part, ready=False)
    assert replica.process.wait(20) == 1
    assert replica.log() == (
        f"error: LLMDEPLOY_REPLICA_FAULT: '{part}' is no fault of a replica; use errors=SHARE, slow=FACTOR, "
        "hang, hang-quietly, crash=N, noise, or several with commas\n"
    )


def test_errors_come_by_count(start_replica: Any) -> None:
    replica = start_replica(fault="errors=0.2")
    assert [fails(replica) for _ in range(10)] == [False, False, False, False, True] * 2
    assert replica.metric("llmdeploy_requests_total", outcome="error") == 2
    assert replica.metric("llmdeploy_requests_total", outcome="success") == 8
    assert replica.health() == 200


def engine_says(answer: httpx.Response) -> dict[str, float]:
    """llama.cpp's own times, in the last thing that it sent: how long the engine really took."""
    bodies = [line.removeprefix("data: ") for line in answer.text.splitlines() if "timings" in line]
    return dict(json.loads(bodies[-1])["timings"])


@pytest.mark.parametrize("stream", [True, False])
def test_slowness_is_real_and_measured(start_replica: Any, stream: bool) -> None:
    """Measured against the engine itself and not against another replica: this machine may be busy."""
    slow, tokens = 20, 150
    replica = start_replica(fault=f"slow={slow}")
    body = {"messages": PROMPT, "max_tokens": tokens, "stream": stream}
    began = time.perf_counter()
    answer = httpx.post(f"{replica.url}/v1/chat/completions", json=body, timeout=120)
    waited = time.perf_counter() - began

    timings = engine_says(answer)
    prompt_s, generation_s = timings["prompt_ms"] / 1000, timings["predicted_ms"] / 1000
    first = replica.metric("llmdeploy_time_to_first_token_seconds_sum")
    each = replica.metric("llmdeploy_time_per_output_token_seconds_sum")
    assert waited > 0.95 * slow * generation_s
    assert first > 0.95 * slow * prompt_s
    assert first + each * (tokens - 1) > 0.95 * slow * generation_s
    if not stream:
        assert each == pytest.approx(slow * generation_s / (tokens - 1))


def test_a_slow_stream_says_the_same(start_replica: Any) -> None:
    assert streamed(start_replica(fault="slow=3"), max_tokens=50) == streamed(start_replica(), max_tokens=50)


def silent(replica: Any, path: str) -> bool:
    try:
        httpx.get(f"{replica.url}{path}", timeout=0.5)
    except httpx.ReadTimeout:
        return True
    return False


@pytest.mark.parametrize(("fault", "health_is_silent"), [("hang", True), ("hang-quietly", False)])
def test_it_hangs_after_three_answers(start_replica: Any, fault: str, health_is_silent: bool) -> None:
    replica = start_replica(fault=fault)
    for _ in range(3):
        assert not silent(replica, "/health")
        assert text_of(ask(replica))
    for stream in (True, False):
        with pytest.raises(openai.APITimeoutError):
            replica.client.with_options(timeout=0.5).chat.completions.create(
                model="chat", messages=PROMPT, stream=stream
            )
    assert silent(replica, "/health") == health_is_silent
    assert replica.metric("llmdeploy_requests_total", outcome="success") == 3
    replica.process.terminate()
    assert replica.process.wait(3) == 0, "hanging requests do not hold up its end"


def test_it_crashes_after_its_last_answer(start_replica: Any) -> None:
    replica = start_replica(fault="crash=2")
    engine = replica.engine
    assert text_of(ask(replica))
    assert replica.process.poll() is None
    assert streamed(replica)
    assert replica.process.wait(5) == 1
    assert "crashing on purpose after 2 generations" in replica.log()
    engine.wait(5)


def test_noise_is_nonsense_of_the_same_length(start_replica: Any) -> None:
    well, noisy = start_replica(), start_replica(fault="noise")
    meant, said = text_of(ask(well, max_tokens=20)), text_of(ask(noisy, max_tokens=20))
    assert said != meant
    assert [len(word) for word in said.split()] == [len(word) for word in meant.split()]
    assert streamed(noisy, max_tokens=20) == said
    (completion,) = noisy.client.completions.create(model="chat", prompt="Once", temperature=0).choices
    (expected,) = well.client.completions.create(model="chat", prompt="Once", temperature=0).choices
    assert completion.text != expected.text


def test_without_a_fault_it_is_well(start_replica: Any) -> None:
    replica = start_replica()
    assert not any(fails(replica) for _ in range(6))
    assert "misbehaving" not in stop(replica)
