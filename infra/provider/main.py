"""`pulumi-resource-llmdeploy`: the plugin that the Pulumi engine starts and speaks gRPC with."""

from __future__ import annotations

import sys

from llmdeploy.infra.provider.plugin import engine_report, serve
from llmdeploy.infra.provider.provider import LocalProvider
from llmdeploy.infra.provider.resources import resources


def main() -> None:
    """Serve the engine whose address is the first argument."""
    from importlib.metadata import version

    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not addresses:
        sys.exit("pulumi-resource-llmdeploy is started by the Pulumi engine, with its address")
    serve(LocalProvider(resources(), engine_report(addresses[0])), version("llmdeploy-stacks"), addresses[0])
