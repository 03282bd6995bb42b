"""A failure that leaves something behind, as the engine takes it."""

from __future__ import annotations

from typing import Any, Final

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from llmdeploy.infra.simulate.errors import NeverReady
from llmdeploy.infra.simulate.wire import wired

_DETAILS: Final = "grpc-status-details-bin"
"""Where gRPC carries a google.rpc.Status with details (grpc/grpc, doc/statuscodes)."""


def left_behind(error: NeverReady, state: Any) -> tuple[tuple[str, bytes], ...]:
    """The metadata with which the engine keeps the resource in its state, together with the error
    (provider.proto, ErrorResourceInitFailed): so do the providers made of Terraform's with what they have
    made and waited for in vain (pulumi-terraform-bridge, initializationError).

    Args:
        state: the resource's outputs.
    """
    record = error.record
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=record.id,
            properties=state,
            inputs=wired(record.inputs, record.secrets),
            reasons=[str(error)],
        )
    )
    code = grpc.StatusCode.UNKNOWN.value[0]
    status = status_pb2.Status(code=code, message=str(error), details=[detail])
    return ((_DETAILS, status.SerializeToString()),)
