"""What an instance runs at its first start: it writes its files and starts its units."""

from __future__ import annotations

import base64
import gzip

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.node.files import Cloud, node_files
from llmdeploy.serving.node.request import NodeRequest
from llmdeploy.serving.node.units import started

USER_DATA_LIMIT = 16384
"""Bytes of user data that EC2 takes, before base64 (EC2 API, RunInstances)."""
METADATA_LIMIT = 262144
"""Bytes of one metadata value in Compute Engine."""
END = "END_OF_LLMDEPLOY_FILE"


def aws_user_data(request: NodeRequest) -> str:
    """The script for `user_data` of a launch template, before `encoded`.

    Raises:
        LlmdeployError: the spec makes it longer than EC2 takes, even compressed.
    """
    text = _script("aws", request)
    if len(base64.b64decode(encoded(text))) > USER_DATA_LIMIT:
        raise _too_long(USER_DATA_LIMIT)
    return text


def gcp_startup_script(request: NodeRequest) -> str:
    """The script for the metadata key `startup-script`; it runs at every boot, and changes nothing then.

    Raises:
        LlmdeployError: the spec makes it longer than Compute Engine takes.
    """
    text = _script("gcp", request)
    if len(text.encode()) > METADATA_LIMIT:
        raise _too_long(METADATA_LIMIT)
    return text


def encoded(text: str) -> str:
    """Base64, as `user_data` of a launch template takes it; compressed, as cloud-init reads it, only where it
    is too long: another version of zlib may give other bytes, and other bytes replace a fleet."""
    content = text.encode()
    if len(content) > USER_DATA_LIMIT:
        content = gzip.compress(content, mtime=0)
    return base64.b64encode(content).decode()


def _script(cloud: Cloud, request: NodeRequest) -> str:
    found = node_files(cloud, request)
    folders = sorted({path.rpartition("/")[0] for path in found})
    return "\n".join(
        (
            "#!/bin/bash",
            "set -euo pipefail",
            'cd "${LLMDEPLOY_ROOT:-}/"',
            f"mkdir -p {' '.join(folders)}",
            *(_written(path, content) for path, content in found.items()),
            "systemctl daemon-reload",
            f"systemctl enable --now --no-block {' '.join(started(request))}",
            "",
        )
    )


def _written(path: str, content: str) -> str:
    assert END not in content
    return f"cat >{path} <<'{END}'\n{content.removesuffix(chr(10))}\n{END}"


def _too_long(limit: int) -> LlmdeployError:
    return LlmdeployError(
        f"what an instance is told at its start is longer than the {limit} bytes that the cloud takes",
        "shorten framework.args, or give fewer adapters",
    )
