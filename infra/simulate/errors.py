"""What can go wrong in the simulated clouds.

LlmdeployError
├── SimulationError             the simulation itself: unusable folder, unknown resource, bad settings
└── CloudError                  an answer of a simulated cloud, in the words of the real one
    ├── Dependency              what is to be deleted is still used
    └── NeverReady              it was made, and does not work
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.infra.simulate.records import Record


class SimulationError(LlmdeployError):
    """The simulation cannot do what it was asked."""


class CloudError(LlmdeployError):
    """A simulated cloud refuses, in the words of the real one.

    Args:
        code: the cloud's error code, such as `InvalidSubnetID.NotFound` or `notFound`.
        message: the cloud's sentence.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}" if code else message)


class Dependency(CloudError):
    """What is to be deleted is still used by something else."""


class NeverReady(CloudError):
    """What was waited for is there and does not work: the provider keeps it in the state, with the error.

    Args:
        record: what there is.
    """

    def __init__(self, message: str, record: Record) -> None:
        super().__init__("", message)
        self.record = record
