"""The bundled model: weak answers, but real ones."""

from __future__ import annotations

import json
from typing import Any


def test_it_knows_a_capital(smollm2: Any) -> None:
    chunks = smollm2.client.chat.completions.create(
        model="chat",
        messages=[
            {"role": "system", "content": "You are a helpful assistant."},
            {"role": "user", "content": "What is the capital of France?"},
        ],
        max_tokens=30,
        temperature=0,
        stream=True,
    )
    assert "Paris" in "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def test_it_fills_in_a_schema(smollm2: Any) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    answer = smollm2.client.chat.completions.create(
        model="chat",
        messages=[{"role": "user", "content": "Which city is the capital of France? Answer in JSON."}],
        max_tokens=60,
        temperature=0,
        response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}},
    )
    assert set(json.loads(answer.choices[0].message.content)) == {"city"}
