"""The command line of `python -m llmdeploy.infra.replica`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from llmdeploy.infra.replica.settings import Adapter, ReplicaSettings

_WAITING_PER_SLOT = 4


def parse_arguments(arguments: Sequence[str]) -> ReplicaSettings:
    """The settings that `arguments` describe. A mistake ends the program with exit code 2."""
    given = _parser().parse_args(arguments)
    return ReplicaSettings(
        host=given.host,
        port=given.port,
        weights=given.weights,
        served_model_name=given.served_model_name or given.weights,
        context_length=given.context_length,
        concurrency=given.concurrency,
        max_waiting=_WAITING_PER_SLOT * given.concurrency if given.max_waiting is None else given.max_waiting,
        threads=given.threads,
        drain_timeout_s=given.drain_timeout,
        replica=given.replica,
        region=given.region,
        adapters=tuple(given.adapter),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m llmdeploy.infra.replica",
        description="llmdeploy's embedded replica: llama.cpp behind an OpenAI-compatible API.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=_port, required=True)
    add("--weights", default="smollm2", help="smollm2, random, a GGUF file, or a folder that holds one")
    add("--served-model-name", default="", help="the model's name for clients; the weights' name when absent")
    add(
        "--context-length",
        type=_positive,
        default=2048,
        help="tokens of one request, prompt and answer together",
    )
    add("--concurrency", type=_positive, default=4, help="requests that generate at once")
    add("--max-waiting", type=_count, help=f"requests that may wait; {_WAITING_PER_SLOT} a slot when absent")
    add("--threads", type=_positive, default=1, help="CPU threads that compute")
    add(
        "--drain-timeout",
        type=_seconds,
        default=30.0,
        help="seconds to finish requests in flight after SIGTERM",
    )
    add("--replica", default="replica")
    add("--region", default="")
    add(
        "--adapter",
        type=_adapter,
        action="append",
        default=[],
        metavar="NAME=PATH[:SCALE]",
        help="a LoRA GGUF",
    )
    return parser


def _port(text: str) -> int:
    port = _count(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not a port; use 1 to 65535")
    return port


def _count(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if count < 0:
        raise argparse.ArgumentTypeError(f"{count} is negative")
    return count


def _positive(text: str) -> int:
    count = _count(text)
    if count == 0:
        raise argparse.ArgumentTypeError("must be at least 1")
    return count


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0")
    return seconds


def _adapter(text: str) -> Adapter:
    name, equals, rest = text.partition("=")
    path, colon, scale = rest.rpartition(":")
    if not colon:
        path, scale = rest, "1"
    if not (equals and name and path):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=PATH[:SCALE]")
    try:
        return Adapter(name, Path(path), float(scale))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{scale!r} in {text!r} is not a scale; use a number such as 0.5"
        ) from None
