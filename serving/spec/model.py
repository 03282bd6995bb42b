"""`model`: which weights to serve, and under which names."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, Strict, WithJsonSchema

from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import Count, Text, bad_value, shown

_HUB = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?"
_BUCKET = r"(s3|gs)://[a-z0-9][a-z0-9._-]+(/[^\s]*)?"
_FOLDER = r"(\.{1,2}|~)?/[^\s].*|\.{1,2}"
SOURCE = rf"^({_HUB}|{_BUCKET}|{_FOLDER})$"
"""A Hugging Face repository (namespace/name, at most 96 characters each), a bucket, or a folder."""
REVISION = r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"
"""A git branch, tag or commit, as the hub accepts it."""

SourceKind = Literal["hub", "bucket", "folder"]


def source_kind(source: str) -> SourceKind:
    """Where weights come from: a hub repository, a bucket (s3:// or gs://) or a folder on this machine."""
    if source.startswith(("s3://", "gs://")):
        return "bucket"
    return "folder" if source.startswith(("/", ".", "~")) else "hub"


def _source(value: str) -> str:
    if not re.fullmatch(SOURCE, value):
        raise bad_value(
            f"{shown(value)} does not say where the weights are",
            "use a hub id such as Qwen/Qwen2.5-7B-Instruct, s3://bucket/path, gs://bucket/path or ./folder",
        )
    return value


def _revision(value: str) -> str:
    if not re.fullmatch(REVISION, value):
        raise bad_value(
            f"{shown(value)} is not a revision", "use a commit, tag or branch of the model's repository"
        )
    return value


Source = Annotated[
    str, Strict(), AfterValidator(_source), WithJsonSchema({"type": "string", "pattern": SOURCE})
]
"""A hub id, `s3://…`, `gs://…`, or a folder that begins with `/`, `./`, `../` or `~/`."""
Revision = Annotated[
    str, Strict(), AfterValidator(_revision), WithJsonSchema({"type": "string", "pattern": REVISION})
]


class Adapter(SpecSection):
    """A LoRA adapter. A client chooses it by its name in the request's `model` field."""

    name: Text = Field(description="The name that clients ask for.", examples=["legal"])
    source: Source = Field(description="Where the adapter is.", examples=["acme/legal-lora"])
    rank: Count | None = Field(
        default=None, description="Its LoRA rank; read from the adapter when absent.", examples=[16]
    )


class ChangingAdapters(SpecSection):
    """How adapters are added and removed while replicas run, through the server's own calls."""

    short_form: ClassVar[str] = "enabled"

    enabled: Annotated[bool, Strict()] = Field(
        default=True, description="Whether they are; else a change of adapters restarts replicas."
    )
    most: Count | None = Field(
        default=None,
        description="Adapters that requests run at once may ask for; with some to spare when absent.",
        examples=[8],
    )
    rank: Count | None = Field(
        default=None,
        description="The highest LoRA rank that replicas take; the adapters' own when absent.",
        examples=[64],
    )


class Model(SpecSection):
    """The model to serve."""

    short_form: ClassVar[str] = "id"

    id: Source = Field(
        description="A hub id, s3://…, gs://…, or a folder on this machine.",
        examples=["Qwen/Qwen2.5-7B-Instruct", "s3://acme-models/chat", "./weights"],
    )
    revision: Revision | None = Field(
        default=None,
        description="The commit, tag or branch on the hub. Without one, a restart may serve other weights.",
        examples=["6f6073b"],
    )
    served_name: Text | None = Field(
        default=None, description="The name that clients ask for; the id when absent.", examples=["chat"]
    )
    context_length: Count | None = Field(
        default=None,
        description="Tokens that one request may span, prompt and answer; the model's own when absent.",
        examples=[32768],
    )
    adapters: tuple[Adapter, ...] = Field(
        default=(),
        description="LoRA adapters served beside the model.",
        examples=[[{"name": "legal", "source": "acme/legal-lora", "rank": 16}]],
    )

    runtime_adapters: ChangingAdapters | None = Field(
        default=None,
        description="Let adapters be added and removed while replicas run, through the server's own calls.",
        examples=[True],
    )

    @property
    def adapters_change(self) -> bool:
        """Whether adapters come and go while replicas run."""
        return self.runtime_adapters is not None and self.runtime_adapters.enabled

    @property
    def source_kind(self) -> SourceKind:
        """Whether `id` is a hub repository, a bucket or a folder."""
        return source_kind(self.id)
