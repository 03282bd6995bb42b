"""All that was seen of a deployment, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args

from llmdeploy.infra.status.overview.cloud import CloudRegion
from llmdeploy.infra.status.overview.cost import CostSoFar
from llmdeploy.infra.status.overview.endpoint import EntryAnswer
from llmdeploy.infra.status.overview.rollout import RolloutStatus
from llmdeploy.infra.status.overview.view import Verdict, View, worst
from llmdeploy.infra.status.report import DeploymentStatus

Place = Literal["this machine", "clouds", "simulated clouds"]
ViewName = Literal["spec", "state", "cloud", "endpoint"]
VIEW_NAMES: Final[tuple[ViewName, ...]] = get_args(ViewName)


@dataclass(frozen=True, slots=True)
class Overview:
    """A deployment as it is now.

    Args:
        model: the served name; empty before an `up` has come to its end.
        endpoint: the base URL of the API, likewise.
        looked_at: seconds since the epoch.
        views: what each of the four says.
        evacuated: regions that get requests only when no other can take them.
        processes: those on this machine: of a deployment here, or of a live simulation.
        regions: as the clouds have them, where it is in clouds.
        entries: what each entry answers.
        cost: None where nothing is paid for, or no cloud could be asked.
    """

    stack: str
    place: Place
    model: str
    endpoint: str
    looked_at: float
    views: Mapping[ViewName, View] = field(default_factory=dict)
    rollout: RolloutStatus | None = None
    evacuated: tuple[str, ...] = ()
    processes: DeploymentStatus | None = None
    regions: tuple[CloudRegion, ...] = ()
    entries: tuple[EntryAnswer, ...] = ()
    cost: CostSoFar | None = None

    @property
    def worst(self) -> Verdict:
        """`down`: nothing answers, as seen by the processes, the clouds or a client. `unknown`: none of them
        could be asked.
        """
        serving = [self.views["cloud"].verdict, self.views["endpoint"].verdict]
        serving += [self.processes.worst] if self.processes is not None else []
        seen = worst(serving)
        return seen if seen == "unknown" else worst([seen, self.views["state"].verdict])

    @property
    def healthy(self) -> bool:
        """Everything runs as it was brought up, and the spec has not changed since."""
        return self.worst == "healthy" and self.views["spec"].verdict == "healthy"

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that is not as it should be, or could not be asked, each once."""
        return tuple(dict.fromkeys(self._problems()))

    def with_view(self, name: ViewName, view: View) -> Overview:
        """The same, and what another of the four says."""
        return replace(self, views={**self.views, name: view})

    def document(self) -> dict[str, Any]:
        """The overview for `--json`."""
        from llmdeploy.infra.status.overview.document import document

        return document(self)

    def _problems(self) -> Iterator[str]:
        if self.processes is not None:
            yield from self.processes.problems
        for name in ("spec", "state", "cloud"):
            yield from self.views[name].problems
        # The processes' own problems name closed entries already.
        regions = self.processes.regions if self.processes is not None else ()
        closed = {region.name for region in regions if not region.entry_open}
        for problem in self.views["endpoint"].problems:
            if problem.partition(":")[0] not in closed:
                yield problem
