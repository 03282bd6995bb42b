"""Serves the project's program to `pulumi … --client`, as the plugin `pulumi-language-python` does for
`main: stacks` where Pulumi was installed by its installer. Prints its port and ends with its standard input.
"""

from __future__ import annotations

import sys
from concurrent import futures

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import language_pb2_grpc

from llmdeploy.stacks.__main__ import main

server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=_GRPC_CHANNEL_OPTIONS)
language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageServer(main), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(0)
