"""What can go wrong with a local deployment.

LlmdeployError
└── LocalError                  anything the local provider reports
    ├── FolderTaken             the run folder holds something that is not a local deployment
    ├── SupervisorFailed        supervisord does not start or does not answer
    ├── ProcessFailed           a replica or Envoy exits, hangs or is not ready in time
    ├── PortTaken               another process listens on a port that clients were promised
    ├── Cancelled               the user interrupted the run
    ├── ServiceRefused          a cloud's own service says no, or nothing
    └── Unfinished              a cloud's own service goes on without us: the next run takes it up
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmdeploy.serving.errors import LlmdeployError


class LocalError(LlmdeployError):
    """A failure of the local provider."""


class FolderTaken(LocalError):
    """The run folder holds something that is not a local deployment."""


class SupervisorFailed(LocalError):
    """supervisord does not start or does not answer."""


class ProcessFailed(LocalError):
    """A supervised program exits again and again, hangs, or is not ready in time."""


class PortTaken(LocalError):
    """Another process listens on a port that clients were promised."""


class Cancelled(LocalError):
    """The run was interrupted; what had been started was ended again."""


class ServiceRefused(LocalError):
    """A cloud's own service (Vertex AI, Bedrock, SageMaker) says no, or nothing.

    Args:
        status: HTTP's; 0 where there was no answer, or where it is not of a call but of what one began.
    """

    def __init__(self, problem: str, mend: str = "", status: int = 0) -> None:
        self.status = status
        super().__init__(problem, mend)


class Unfinished(LocalError):
    """A create that was interrupted while the cloud's service goes on: what is there so far is kept in the
    state, so that the next `up` takes it up and `destroy` removes it.

    Args:
        outputs: of the resource as far as it is there.
    """

    def __init__(self, problem: str, mend: str, outputs: Mapping[str, Any]) -> None:
        self.outputs = dict(outputs)
        super().__init__(problem, mend)
