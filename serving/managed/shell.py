"""Files of a launch, for services that put none into a container: a shell writes them, then runs the
server."""

from __future__ import annotations

import shlex
from posixpath import dirname

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import Launch


def arguments(launch: Launch, service: str) -> tuple[str, ...]:
    """What follows the image's entrypoint.

    The frameworks that need files have images whose entrypoint runs what it is given (NVIDIA's).

    Args:
        service: as its cloud calls it, for the error.

    Raises:
        LlmdeployError: a file holds a secret, which nothing there may.
    """
    if not launch.files:
        return launch.start_command
    if any(file.secret for file in launch.files):
        raise LlmdeployError(
            f"{launch.framework} checks the API key itself, and {service} keeps no secrets for containers",
            "leave its own key checking out: the gateway asks for the key",
        )
    lines = [
        f"mkdir -p {shlex.quote(dirname(file.path))} && "
        f"printf %s {shlex.quote(file.content)} > {shlex.quote(file.path)}"
        for file in launch.files
    ]
    return ("/bin/sh", "-c", " && ".join((*lines, f"exec {shlex.join(launch.start_command)}")))
