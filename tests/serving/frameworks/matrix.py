"""Every combination that a test tries: server × number format × features, one at a time and in pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from llmdeploy.serving.frameworks.from_spec import serve_request
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.frameworks.render import SERVERS, render
from llmdeploy.serving.rules import RULES, RuleProblem
from llmdeploy.serving.rules.features import server_of
from llmdeploy.serving.spec import ServingSpec

WEIGHTS: dict[str, dict[str, str]] = {
    "16-bit": {},
    "fp16": {"weights": "fp16"},
    "bf16": {"weights": "bf16"},
    "fp8": {"weights": "fp8"},
    "int8": {"weights": "int8"},
    "int4": {"weights": "int4"},
    "fp8-compressed-tensors": {"weights": "fp8", "method": "compressed-tensors"},
    "fp8-modelopt": {"weights": "fp8", "method": "modelopt"},
    "int8-compressed-tensors": {"weights": "int8", "method": "compressed-tensors"},
    "int8-bitsandbytes": {"weights": "int8", "method": "bitsandbytes"},
    "int8-eetq": {"weights": "int8", "method": "eetq"},
    "int4-awq": {"weights": "int4", "method": "awq"},
    "int4-gptq": {"weights": "int4", "method": "gptq"},
    "int4-compressed-tensors": {"weights": "int4", "method": "compressed-tensors"},
    "int4-bitsandbytes": {"weights": "int4", "method": "bitsandbytes"},
}

FEATURES: dict[str, dict[str, Any]] = {
    "tensor-parallel": {"parallel": {"tensor": 4}},
    "pipeline-parallel": {"parallel": {"pipeline": 2}},
    "data-parallel": {"parallel": {"data": 2}},
    "expert-parallel": {"parallel": {"expert": True}},
    "kv-cache-fp8": {"quantization": {"kv_cache": "fp8"}},
    "kv-cache-nvfp4": {"quantization": {"kv_cache": "nvfp4"}},
    "speculative-draft": {"speculative": {"method": "draft", "model": "meta-llama/Llama-3.2-1B-Instruct"}},
    "speculative-ngram": {"speculative": {"method": "ngram", "tokens": 6}},
    "speculative-eagle": {"speculative": {"method": "eagle", "model": "yuhuili/EAGLE3-LLaMA3.1-Instruct-8B"}},
    "speculative-mtp": {"speculative": {"method": "mtp"}},
    "adapters": {
        "model": {
            "adapters": [
                {"name": "legal", "source": "acme/legal-lora", "rank": 48},
                {"name": "medical", "source": "acme/medical-lora"},
            ]
        }
    },
    "runtime-adapters": {"model": {"runtime_adapters": True}},
    "structured-output-xgrammar": {"structured_output": "xgrammar"},
    "structured-output-llguidance": {"structured_output": "llguidance"},
    "structured-output-outlines": {"structured_output": "outlines"},
    "structured-output-lm-format-enforcer": {"structured_output": "lm-format-enforcer"},
    "concurrency": {"batching": {"concurrency": 64}},
    "batch-tokens": {"batching": {"tokens": 8192}},
    "memory-fraction": {"batching": {"memory_fraction": 0.85}},
    "prefix-caching-on": {"batching": {"prefix_caching": True}},
    "prefix-caching-off": {"batching": {"prefix_caching": False}},
    "chunked-prefill-on": {"batching": {"chunked_prefill": True}},
    "chunked-prefill-off": {"batching": {"chunked_prefill": False}},
    "context-length": {"model": {"context_length": 4096}},
    "revision": {"model": {"revision": "0e9e39f"}},
}


@dataclass(frozen=True)
class Combination:
    """A server, a number format, and some features."""

    server: str
    weights: str
    features: tuple[str, ...]

    def __str__(self) -> str:
        return "+".join((self.server, self.weights, *self.features))

    def spec(self, server: str | None = None) -> ServingSpec:
        """The spec that asks for it, of this server or of another one."""
        name, _, backend = (server or self.server).partition("triton-")
        framework: dict[str, str] = {"name": "triton", "backend": backend} if backend else {"name": name}
        values: dict[str, Any] = {
            "name": "chat",
            "model": {"id": "meta-llama/Llama-3.1-8B-Instruct", "served_name": "chat"},
            "framework": framework,
            "regions": ["aws/us-east-1"],
            "hardware": {"gpu": "b200" if "kv-cache-nvfp4" in self.features else "h100"},
        }
        if WEIGHTS[self.weights]:
            values["quantization"] = dict(WEIGHTS[self.weights])
        for feature in self.features:
            for key, value in FEATURES[feature].items():
                values[key] = {**values.get(key, {}), **value} if isinstance(value, dict) else value
        return ServingSpec.model_validate(values)

    def problems(self, server: str | None = None) -> list[RuleProblem]:
        """What the spec's rules have against it."""
        spec = self.spec(server)
        return [problem for rule in RULES for problem in rule(spec)]

    def launch(self) -> Launch:
        """How it is started, when the rules have nothing against it."""
        spec = self.spec()
        return render(server_of(spec), serve_request(spec, gpu_count=2))


def combinations_tried() -> Iterator[Combination]:
    """Number formats with each feature, and each two features that a spec can say at once."""
    for server in SERVERS:
        for weights in WEIGHTS:
            yield Combination(server, weights, ())
            for feature in FEATURES:
                yield Combination(server, weights, (feature,))
        for pair in combinations(FEATURES, 2):
            if sayable(pair):
                yield Combination(server, "16-bit", pair)


def sayable(pair: tuple[str, str]) -> bool:
    """Whether the two are in different places of a spec: two kinds of speculation are not."""
    first, second = (set(places(FEATURES[feature], ())) for feature in pair)
    return not first & second


def places(values: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from places(value, (*path, key))
        else:
            yield (*path, key)
