"""Parses commands with a server's own parser: JSON lines in, JSON lines out.

    .parsers/bin/python scripts/parsers/parse.py vllm < commands.jsonl > results.jsonl

A line in is the list of arguments after `vllm serve` or `sglang serve`, or for vLLM an object of engine
arguments as Triton's model.json has them. A line out is `{"error": null}` or what the parser said against it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any, get_args

from parsers import sglang_parser, vllm_parser

Check = Callable[[Any], None]


def vllm_check() -> Check:
    """Parse, vLLM's own check of that, and what it checks only when it starts: methods and JSON keys."""
    parser = vllm_parser()
    from vllm.config import SpeculativeConfig
    from vllm.config.speculative import SpeculativeMethod
    from vllm.engine.arg_utils import AsyncEngineArgs
    from vllm.entrypoints.launchers.cli_args import validate_parsed_serve_args
    from vllm.model_executor.layers.quantization import QUANTIZATION_METHODS

    speculative_keys = set(SpeculativeConfig.__dataclass_fields__)

    def check_engine(arguments: AsyncEngineArgs) -> None:
        if arguments.quantization not in (None, *QUANTIZATION_METHODS):
            raise ValueError(f"no quantization method {arguments.quantization}")
        speculative = arguments.speculative_config or {}
        if speculative and speculative.get("method") not in get_args(SpeculativeMethod):
            raise ValueError(f"no method of speculative decoding: {speculative.get('method')}")
        unknown = set(speculative) - speculative_keys
        if unknown:
            raise ValueError(f"no keys of speculative_config: {sorted(unknown)}")

    def check(command: Any) -> None:
        if isinstance(command, dict):
            check_engine(AsyncEngineArgs(**command))
            return
        arguments = parser.parse_args(command)
        validate_parsed_serve_args(arguments)
        check_engine(AsyncEngineArgs.from_cli_args(arguments))

    return check


def sglang_check() -> Check:
    """Parse, and no more."""
    parser = sglang_parser()
    return lambda command: parser.parse_args(command) and None


def main() -> None:
    """Check each line with one parser, set up once."""
    results = sys.stdout
    # What a server prints while it is imported is no result.
    sys.stdout = sys.stderr
    check = {"vllm": vllm_check, "sglang": sglang_check}[sys.argv[1]]()
    for line in sys.stdin:
        print(json.dumps({"error": error_of(check, json.loads(line))}), file=results)


def error_of(check: Check, command: Any) -> str | None:
    """What is said against a command, or None."""
    try:
        check(command)
    except (argparse.ArgumentError, ValueError, TypeError, AssertionError, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    return None


if __name__ == "__main__":
    main()
