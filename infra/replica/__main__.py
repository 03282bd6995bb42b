"""`python -m llmdeploy.infra.replica`: exit code 0 after a drain, 1 for a mistake, 2 for bad flags."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from llmdeploy.infra.home import home_from_environment
from llmdeploy.infra.replica.arguments import parse_arguments
from llmdeploy.infra.replica.fault import VARIABLE, read_fault
from llmdeploy.infra.replica.serve import serve, take_port
from llmdeploy.infra.weights.resolve import check_adapters, describe_weights, resolve_weights
from llmdeploy.serving.errors import LlmdeployError


def main(arguments: Sequence[str]) -> int:
    """Run one replica until it is told to stop; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    settings = parse_arguments(arguments)
    try:
        settings = replace(settings, fault=read_fault(os.environ))
        if settings.fault.text:
            logging.warning("misbehaving on purpose: %s=%s", VARIABLE, settings.fault.text)
        with take_port(settings.host, settings.port) as listening:
            model = resolve_weights(settings.weights, home_from_environment().cache, logging.info)
            check_adapters(adapter.path for adapter in settings.adapters)
            asyncio.run(serve(settings, listening, model, describe_weights(settings.weights, model)))
    except LlmdeployError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
