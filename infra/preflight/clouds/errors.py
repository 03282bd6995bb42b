"""Why a cloud, a registry or the hub does not answer a question of the preflight.

LlmdeployError (serving)
└── CloudUnasked             the base: the question has no answer
    ├── ExtraMissing         the cloud's client library is not installed
    ├── NoCredentials        no credentials, expired ones, or ones that the cloud does not know
    ├── Denied               the credentials may not ask this
    ├── ServiceDisabled      the API is not enabled in the project
    └── NoAnswer             no network, too slow, still throttled after every retry, or an error of the cloud
        └── Rejected         the question has a name that the cloud does not know
"""

from __future__ import annotations

from llmdeploy.serving.errors import LlmdeployError


class CloudUnasked(LlmdeployError):
    """A question that has no answer."""


class ExtraMissing(CloudUnasked):
    """The cloud's client library is not installed."""

    def __init__(self, cloud: str, library: str) -> None:
        super().__init__(
            f"{cloud} cannot be asked without {library}, which is not installed",
            f"pip install 'llmdeploy-stacks[{cloud}]'",
        )


class NoCredentials(CloudUnasked):
    """No credentials, expired ones, or ones that the cloud does not know."""


class Denied(CloudUnasked):
    """The credentials may not ask this.

    Args:
        action: what they would have to allow, as the cloud names it.
    """

    def __init__(self, cloud: str, action: str) -> None:
        self.action = action
        super().__init__(
            f"may not ask: {action} is denied",
            f"grant it (`llmdeploy preflight --print-policy {cloud}` prints all that is needed)",
        )


class ServiceDisabled(CloudUnasked):
    """An API that is not enabled in the project."""

    def __init__(self, service: str, project: str) -> None:
        self.service = service
        super().__init__(
            f"{service} is not enabled in {project}",
            f"gcloud services enable {service} --project={project}",
        )


class NoAnswer(CloudUnasked):
    """No network, too slow, still throttled after every retry, or an error of the cloud's own."""

    def __init__(self, what: str, why: str) -> None:
        """`what` was asked: a host, or an action as its cloud names it."""
        super().__init__(f"no answer from {what} ({why})", "see that the network reaches it, and try again")


class Rejected(NoAnswer):
    """The cloud does not take the question: a name in it is not, or no longer, known."""
