"""What starting an inference server takes: the one output of every file in this folder."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from llmdeploy.serving.frameworks.adapters import RuntimeAdapters, started_with, words_of
from llmdeploy.serving.frozen import Frozen

FOLDER = "/etc/llmdeploy"
"""Where the files of a launch are put in the container."""
EVERY_INTERFACE = "0.0.0.0"  # noqa: S104 - inside a container, whose ports the host chooses to open
API_KEY = "api-key"
HUB_TOKEN = "hub-token"  # noqa: S105 - the name of a secret, not the secret


class LaunchFile(Frozen):
    """A file for the container. A secret one holds `{api-key}`, filled in where it is written (0600)."""

    path: str
    content: str
    secret: bool = False


class Drain(Frozen):
    """What happens to requests in flight after SIGTERM."""

    timeout_s: float | None
    """Seconds they get; None: no limit of the server's own, the container's stop timeout is the limit."""
    proxy_first: bool
    """Whether the server may drop them, so that a proxy must take it out of service first."""


class Launch(Frozen):
    """A container to run, all flags decided. Nothing in it is secret: secrets are named, not held."""

    framework: str
    image: str
    tag: str
    command: tuple[str, ...]
    """What follows the image's own entrypoint."""
    environment: dict[str, str] = Field(default_factory=dict)
    secret_environment: dict[str, str] = Field(default_factory=dict)
    """Environment variable → name of the secret that it takes its value from."""
    port: int
    """In the container."""
    metrics_port: int
    """In the container."""
    shm_gib: int
    """GiB of /dev/shm: NCCL and the workers pass tensors through it."""
    ulimits: dict[str, int] = Field(default_factory=dict)
    health_path: str
    """Answers 200 while the server is alive."""
    ready_path: str
    """Answers 200 when it takes requests."""
    probe_timeout_s: float = 5.0
    metrics_path: str
    metrics: str
    """The row of serving/metrics/names.yaml that says what its metrics are called."""
    drain: Drain
    key_checked_by: Literal["server", "gateway", "nobody"]
    files: tuple[LaunchFile, ...] = ()
    adapter_models: dict[str, str] = Field(default_factory=dict)
    """Adapter → what a client writes into `model` to get it."""
    runtime_adapters: RuntimeAdapters | None = Field(default=None, exclude_if=lambda none: none is None)
    """Those that come and go while it runs; `{adapters}` in the command stands for their list."""
    cache_folder: str
    """Where weights are cached in the container, worth a volume."""

    @property
    def start_command(self) -> tuple[str, ...]:
        """The command as it is started now, with the adapters in their place."""
        changing = self.runtime_adapters
        return started_with(self.command, words_of(changing.calls, changing.sources) if changing else ())


def key_checker(asked: bool, can: bool) -> Literal["server", "gateway", "nobody"]:
    """Who asks for the API key: the server where it needs no argv for that, else the gateway alone."""
    if not asked:
        return "nobody"
    return "server" if can else "gateway"
