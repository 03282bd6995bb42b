"""A failure that leaves something behind, told to the engine so that it keeps it in the state."""

from __future__ import annotations

from typing import Final

import grpc
from google.protobuf import any_pb2
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime.proto import provider_pb2, status_pb2

from llmdeploy.serving.errors import LlmdeployError

DETAILS: Final = "grpc-status-details-bin"
"""Where gRPC carries a google.rpc.Status with details (grpc/grpc, doc/statuscodes)."""


class KeptInState(LlmdeployError):
    """The failure as the engine takes it: it keeps the resource with these properties, and updates it at the
    next run (provider.proto, ErrorResourceInitFailed).
    """

    def __init__(self, failure: LlmdeployError, identity: str, properties: dict[str, PropertyValue]) -> None:
        super().__init__(failure.problem, failure.mend)
        detail = provider_pb2.ErrorResourceInitFailed(
            id=identity, properties=PropertyValue.marshal_map(properties), reasons=[str(failure)]
        )
        packed = any_pb2.Any()
        packed.Pack(detail)
        code = grpc.StatusCode.UNKNOWN.value[0]
        status = status_pb2.Status(code=code, message=str(failure), details=[packed])
        self.metadata = ((DETAILS, status.SerializeToString()),)
