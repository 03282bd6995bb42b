"""Specs that these tests push."""

from __future__ import annotations

_SPEC = """\
name: {name}
model:
  id: meta-llama/Llama-3.1-8B-Instruct
  revision: 0e9e39f249a16976918f6564b8830bc894c89659
  context_length: 16384
framework: vllm
quantization: fp8
regions: [{regions}]
"""


def spec(name: str = "chat", regions: str = "aws/us-east-1", more: str = "") -> str:
    """A spec of a small model."""
    return _SPEC.format(name=name, regions=regions) + more
