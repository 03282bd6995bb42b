"""Which file renders which server: the registry of this folder."""

from __future__ import annotations

from importlib import import_module

from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.frameworks.request import ServeRequest

SERVERS = ("vllm", "sglang", "tgi", "tensorrt-llm", "triton-vllm", "triton-tensorrt-llm")
"""Frameworks, Triton once for each of its backends. Each has a module of its name here."""


def render(server: str, request: ServeRequest) -> Launch:
    """How to start `server` for a request that the spec's rules have let through.

    Raises:
        KeyError: there is no such server.
    """
    if server not in SERVERS:
        raise KeyError(server)
    # Only the one that is asked for is imported.
    module = import_module(f"llmdeploy.serving.frameworks.{server.replace('-', '_')}")
    launch: Launch = module.launch(request)
    return launch
