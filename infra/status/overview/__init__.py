"""All of a deployment at once: its spec, its state, its clouds, what answers, and what it costs."""

from llmdeploy.infra.status.overview.cloud import CloudRegion, CloudVersion
from llmdeploy.infra.status.overview.cost import CostSoFar
from llmdeploy.infra.status.overview.endpoint import EntryAnswer
from llmdeploy.infra.status.overview.look import Overlook
from llmdeploy.infra.status.overview.overview import VIEW_NAMES, Overview
from llmdeploy.infra.status.overview.rollout import RolloutStatus
from llmdeploy.infra.status.overview.subject import Subject
from llmdeploy.infra.status.overview.view import Verdict, View

__all__ = [
    "VIEW_NAMES",
    "CloudRegion",
    "CloudVersion",
    "CostSoFar",
    "EntryAnswer",
    "Overlook",
    "Overview",
    "RolloutStatus",
    "Subject",
    "Verdict",
    "View",
]
