"""What a provider said, freed from the wrappings that the engine, gRPC and SDKs put around it."""

from __future__ import annotations

import re

_WRAPPINGS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        # grpc.aio on an exception of a Python provider.
        r"^Unexpected <class '[\w.]+'>: (?P<inner>.*)$",
        # grpc on an exception of a synchronous Python server.
        r"^Exception calling application: (?P<inner>.*)$",
        # pulumi-aws and other bridged providers: sdk/go/common/util/rpcutil and hashicorp/go-multierror.
        r"^(?:creating|updating|deleting|reading|refreshing) urn:\S+: (?P<inner>.*)$",
        r"^\d+ errors? occurred:\s*\n\s*\* (?P<inner>.*)$",
        # A check that failed: pkg/resource/deploy/step_generator.go.
        r"^\S+ resource '[^']*' has a problem: (?P<inner>.*)$",
        r"^rpc error: code = \w+ desc = (?P<inner>.*)$",
    )
)


# The same, of one property; its value could be a secret.
_PROPERTY = re.compile(
    r"^\S+ resource '[^']*': property (?P<path>\S+) value \{.*\} has a problem: (?P<inner>.*)$", re.DOTALL
)


def provider_message(text: str) -> str:
    """The innermost message of an error diagnostic."""
    text = text.strip()
    if found := _PROPERTY.match(text):
        return f"{found['path']}: {found['inner']}"
    for _ in range(len(_WRAPPINGS)):
        unwrapped = _unwrap(text)
        if unwrapped == text:
            break
        text = unwrapped
    return text


def _unwrap(text: str) -> str:
    for wrapping in _WRAPPINGS:
        if match := wrapping.match(text):
            return match["inner"].strip()
    return text
