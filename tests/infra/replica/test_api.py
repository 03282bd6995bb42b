"""What the official OpenAI client gets from a replica with random weights."""

from __future__ import annotations

import json
from typing import Any

import httpx
import openai
import pytest

TOOLS = [{"type": "function", "function": {"name": "f"}}]
PROMPT: list[Any] = [{"role": "user", "content": "Say something."}]


def chat(replica: Any, **wanted: Any) -> Any:
    wanted = {"model": "chat", "messages": PROMPT, "max_tokens": 8, "temperature": 0, **wanted}
    return replica.client.chat.completions.create(**wanted)


def text_of(answer: Any) -> str:
    return str(answer.choices[0].message.content)


def test_chat_answers_with_usage(replica: Any) -> None:
    answer = chat(replica)
    assert answer.model == "chat"
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 8
    assert len(text_of(answer).split()) == 8
    assert "�" not in text_of(answer)


def test_a_stream_says_the_same_as_one_answer(replica: Any) -> None:
    chunks = list(chat(replica, stream=True, stream_options={"include_usage": True}))
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert streamed == text_of(chat(replica))
    assert chunks[-1].usage.completion_tokens == 8
    assert {chunk.model for chunk in chunks} == {"chat"}


def test_a_stream_without_the_option_has_no_usage(replica: Any) -> None:
    assert all(chunk.usage is None and chunk.choices for chunk in chat(replica, stream=True))


def test_models_lists_the_model_and_its_adapters(replica: Any) -> None:
    models = replica.client.models.list().data
    assert [(model.id, model.parent, model.max_model_len) for model in models] == [
        ("chat", None, 2048),
        ("legal", "chat", 2048),
        ("mild", "chat", 2048),
    ]


def test_text_completion_has_sixteen_tokens_by_default(replica: Any) -> None:
    answer = replica.client.completions.create(model="chat", prompt="Once upon")
    assert answer.usage.completion_tokens == 16


def test_text_completion_streams(replica: Any) -> None:
    chunks = list(replica.client.completions.create(model="chat", prompt="Once", max_tokens=5, stream=True))
    assert len("".join(chunk.choices[0].text for chunk in chunks).split()) == 5


def test_the_model_field_chooses_the_adapter(replica: Any) -> None:
    base, legal, mild = (chat(replica, model=name) for name in ("chat", "legal", "mild"))
    assert text_of(legal) != text_of(base)
    assert text_of(mild) == text_of(base), "scale 0 is no adapter"
    assert text_of(chat(replica)) == text_of(base), "an adapter does not stay"
    assert legal.model == "legal"
    assert {chunk.model for chunk in chat(replica, model="legal", stream=True)} == {"legal"}


def test_a_client_cannot_choose_an_adapter_behind_the_model_field(replica: Any) -> None:
    smuggled = chat(replica, extra_body={"lora": [{"id": 0, "scale": 1.0}]})
    assert text_of(smuggled) == text_of(chat(replica))


def test_seed_makes_sampling_repeat(replica: Any) -> None:
    one, same, other = (text_of(chat(replica, temperature=2, seed=seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_stop_ends_the_answer_before_the_word(replica: Any) -> None:
    second = text_of(chat(replica)).split()[1]
    answer = chat(replica, stop=[second])
    assert answer.choices[0].finish_reason == "stop"
    assert second not in text_of(answer)


def test_max_completion_tokens_is_known(replica: Any) -> None:
    assert chat(replica, max_tokens=None, max_completion_tokens=3).usage.completion_tokens == 3


def test_a_json_schema_shapes_the_answer(replica: Any) -> None:
    schema = {
        "type": "object",
        "properties": {"color": {"enum": ["red", "blue"]}, "sure": {"type": "boolean"}},
        "required": ["color", "sure"],
        "additionalProperties": False,
    }
    answer = chat(
        replica,
        max_tokens=200,
        response_format={"type": "json_schema", "json_schema": {"name": "guess", "schema": schema}},
    )
    said = json.loads(text_of(answer))
    assert said["color"] in ("red", "blue")
    assert isinstance(said["sure"], bool)


def test_the_headers_say_who_answered(replica: Any) -> None:
    body = {"messages": PROMPT, "max_tokens": 2}
    for wanted in (body, {**body, "stream": True}, {"model": "?"}):
        headers = httpx.post(f"{replica.url}/v1/chat/completions", json=wanted).headers
        assert headers["x-llmdeploy-replica"] == "a-0"
        assert headers["x-llmdeploy-region"] == "local/a"
        assert headers["x-llmdeploy-server"] == "llama.cpp"


@pytest.mark.parametrize(
    ("wanted", "code", "says"),
    [
        ({"model": "gpt-9"}, 404, "The model `gpt-9` does not exist; this replica serves chat, legal, mild."),
        ({"n": 2}, 400, "`n` must be 1"),
        ({"tools": TOOLS}, 400, "This model's chat template has no tools."),
        ({"messages": "hello"}, 400, "Expected 'messages' to be an array"),
        ({"stream": "yes"}, 400, "`stream` is neither true nor false."),
        ({"messages": [{"role": "user", "content": "x " * 3000}]}, 400, "exceeds the available context size"),
        ({"messages": [{"role": "user", "content": "x" * 5_000_000}]}, 413, "The body exceeds 4194304 "),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_in_words(
    replica: Any, wanted: dict[str, Any], code: int, says: str
) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        chat(replica, **wanted)
    assert refused.value.status_code == code
    assert says in refused.value.message
    assert refused.value.type == "invalid_request_error"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"model":', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_request_is_refused(replica: Any, body: bytes) -> None:
    answer = httpx.post(f"{replica.url}/v1/chat/completions", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("The body is not")


def test_paths_and_methods_that_are_not_there(replica: Any) -> None:
    assert httpx.get(f"{replica.url}/nope").status_code == 404
    assert httpx.get(f"{replica.url}/v1/chat/completions").json()["error"]["code"] == "method_not_allowed"
