"""The spec that `llmdeploy init` writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# `custom` needs a command and is not something to begin with.
FRAMEWORKS: Final = ("vllm", "sglang", "tgi", "tensorrt-llm", "triton")


@dataclass(frozen=True, slots=True)
class Starter:
    """What a first spec must say."""

    name: str
    model: str
    framework: str
    regions: tuple[str, ...]


DEFAULTS: Final = Starter(
    name="chat",
    model="HuggingFaceTB/SmolLM2-135M-Instruct",
    framework="vllm",
    regions=("local/a", "local/b"),
)

# Lies beside the spec, where editors find it without a network.
SCHEMA_FILE: Final = "serving-spec.schema.json"

_TEXT: Final = """\
# yaml-language-server: $schema={schema}
# A serving spec: `llmdeploy plan` shows what it becomes, `llmdeploy up` serves it.
# All fields and what they mean: `llmdeploy schema`.

name: {name}

# A hub id, an s3:// or gs:// URL, or a folder of this machine.
model: {model}
#   or with more to say:
# model: {{id: {id}, revision: COMMIT, context_length: 8192}}

# vllm, sglang, tgi, tensorrt-llm or triton. Regions of this machine without a GPU run llama.cpp instead.
framework: {framework}

# fp8, int8, int4, … Absent: as the model's weights are.
# quantization: fp8

# Each region is served by its own replicas and takes over for the others: local/NAME, aws/REGION, gcp/REGION.
regions:
{regions}

# Replicas of each region.
# scaling: {{min: 1, max: 4}}

# nearest, weighted or failover; auth: api-key (the default) or none.
# routing: {{policy: nearest, auth: api-key}}

# What differs elsewhere: `llmdeploy up {name}.yaml --env dev`.
# environments: {{dev: {{regions: [local/dev]}}}}
"""


def starter_text(answers: Starter) -> str:
    """A commented spec with the answers in it, as YAML."""
    return _TEXT.format(
        schema=SCHEMA_FILE,
        name=_scalar(answers.name),
        model=_model(answers),
        id=_scalar(answers.model),
        framework=_scalar(answers.framework),
        regions="\n".join(f"  - {_scalar(region)}" for region in answers.regions),
    )


def _model(answers: Starter) -> str:
    """The id; for Triton with a name that can be a folder's, which is how it serves a model."""
    folder = answers.model.rstrip("/").rpartition("/")[2]
    if answers.framework != "triton" or folder == answers.model:
        return _scalar(answers.model)
    return f"{{id: {_scalar(answers.model)}, served_name: {_scalar(folder)}}}"


def _scalar(text: str) -> str:
    """The text as YAML reads it back: in quotes where it would be a number, a bool or a comment."""
    import yaml

    return str(yaml.safe_dump(text, width=10_000)).removesuffix("\n").removesuffix("\n...")
