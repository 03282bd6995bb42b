"""The official OpenAI client, pointed at what `llmdeploy key --export` prints."""

from __future__ import annotations

import re

import openai
import pytest

pytestmark = pytest.mark.engine

SPEC = """\
name: client
model: HuggingFaceTB/SmolLM2-135M-Instruct
framework: vllm
regions: [local/a, local/b]
"""
QUESTION = [{"role": "user", "content": "Say hello."}]


def test_chat_streaming_models_and_a_bad_key(terminal) -> None:
    terminal.write("client.yaml", SPEC)
    up = terminal.run("llmdeploy up client.yaml --yes")
    assert up.code == 0, up.stdout + up.stderr
    exports = dict(
        re.findall(r"export (\w+)=(\S+)", terminal.run("llmdeploy key client.yaml --export").stdout)
    )
    client = openai.OpenAI(
        base_url=exports["OPENAI_BASE_URL"], api_key=exports["OPENAI_API_KEY"], max_retries=0
    )

    (model,) = [model.id for model in client.models.list()]
    assert model == "HuggingFaceTB/SmolLM2-135M-Instruct"

    answer = client.chat.completions.create(model=model, messages=QUESTION, max_tokens=12)
    assert answer.choices[0].message.content
    assert answer.usage is not None
    assert 0 < answer.usage.completion_tokens <= 12

    stream = client.chat.completions.create(model=model, messages=QUESTION, max_tokens=12, stream=True)
    pieces = [chunk.choices[0].delta.content for chunk in stream if chunk.choices]
    assert len([piece for piece in pieces if piece]) > 1

    with pytest.raises(openai.NotFoundError, match="does not exist"):
        client.chat.completions.create(model="gpt-5", messages=QUESTION)
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="sk-wrong").models.list()

    assert terminal.run("llmdeploy destroy client.yaml --yes").code == 0
