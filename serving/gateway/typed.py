"""The few spellings of Envoy's configuration that every file needs."""

from __future__ import annotations

from typing import Any

Config = dict[str, Any]
"""A part of Envoy's configuration, as the protobuf's JSON form."""


def typed(message: str, **fields: Any) -> Config:
    """A message inside a `google.protobuf.Any`; `message` without the common prefix, as in
    `config.cluster.v3.Cluster`."""
    return {"@type": f"type.googleapis.com/envoy.{message}", **fields}


def extension(name: str, message: str, **fields: Any) -> Config:
    """A named extension with its typed configuration."""
    return {"name": name, "typed_config": typed(message, **fields)}


def seconds(value: float) -> str:
    """A protobuf duration, as JSON spells it."""
    return f"{value:.3f}".rstrip("0").rstrip(".") + "s"


def watched(directory: str, file: str) -> Config:
    """A source of configuration that Envoy reads again whenever a file is renamed into `directory` under this
    name."""
    return {"path_config_source": {"path": f"{directory}/{file}"}, "resource_api_version": "V3"}
