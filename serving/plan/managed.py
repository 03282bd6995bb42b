"""A cloud's own service that runs the replicas of a region, as data."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.spec.managed import Service

PROBE_S: Final = 15.0
"""Between two probes of an endpoint that does not sleep: judgement; one token costs next to nothing, and
clients' own requests show a lost endpoint sooner."""


class ManagedLimit(Frozen):
    """What no spec can change of a managed endpoint."""

    what: str
    source: str


class ManagedContainer(Frozen):
    """The container that the service runs."""

    image: str
    """`registry/repository:tag`."""
    command: tuple[str, ...] = ()
    """Empty: the image's own."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Nothing in it is secret."""
    port: int = 8080
    health_path: str = "/ping"


class ComponentPlan(Frozen):
    """What is scaled in the place of instances: copies of the model on an endpoint that has none by itself,
    which may be none (SageMaker's inference component).
    """

    accelerators: int
    """GPUs of one copy."""
    memory_mib: int
    """Reserved for one copy, which may take more."""
    instances: int
    """There are never more of them. How many copies there are at most is the region's `max_replicas`."""


class ManagedPlan(Frozen):
    """The cloud's own endpoint that runs the replicas of a region."""

    service: Service
    shown: str
    """`SageMaker endpoint`, as its cloud calls it."""
    unit: str
    """What is rented: `ml.g6.2xlarge`, a machine type, `nvidia-l4`, a custom model unit."""
    weights: str
    """Where the service takes them: an id of the hub, or `s3://…`, `gs://…`."""
    container: ManagedContainer | None = None
    """None where the service brings its own server."""
    host_software: str | None = None
    """The host's image, with the driver that the container needs (SageMaker's `inference_ami_version`)."""
    download_timeout_s: int = 3600
    startup_timeout_s: int = 3600
    component: ComponentPlan | None = Field(default=None, exclude_if=lambda value: value is None)
    """None: the endpoint's instances are scaled, of which each is a replica."""
    probe_s: float = PROBE_S
    """Between two requests for one token, by which a gateway learns whether the endpoint answers. 0: none, as
    they would keep an endpoint awake that scales to zero."""
    limits: tuple[ManagedLimit, ...] = ()
