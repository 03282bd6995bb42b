"""What can go wrong with a local deployment.

LlmdeployError
└── LocalError                  anything the local provider reports
    ├── FolderTaken             the run folder holds something that is not a local deployment
    ├── SupervisorFailed        supervisord does not start or does not answer
    ├── ProcessFailed           a replica or Envoy exits, hangs or is not ready in time
    ├── PortTaken               another process listens on a port that clients were promised
    └── Cancelled               the user interrupted the run
"""

from __future__ import annotations

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
