"""One review under way: the spec, its plan, the base's, and the stack that they are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.cli.opening import Deployment, open_source, ready_engine, runner_for
from llmdeploy.cli.review.base import AtBase, at_base
from llmdeploy.cli.review.request import Request
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.infra.home import Home
    from llmdeploy.serving.load import LoadedSpec
    from llmdeploy.serving.plan.model import Plan


@dataclass(frozen=True)
class Work:
    """One review under way.

    Args:
        plan: what the spec becomes; None where it is deleted.
    """

    request: Request
    spec: Path
    home: Home
    source: LoadedSpec
    plan: Plan | None
    base: AtBase

    @property
    def deployed_plan(self) -> Plan:
        """The plan whose stack is looked at."""
        plan = self.plan or self.base.plan
        assert plan is not None
        return plan

    @property
    def stack(self) -> str:
        """Its name."""
        return self.deployed_plan.stack_name

    @cached_property
    def assumes_base(self) -> bool:
        """Whether the base's spec counts as deployed: in simulated clouds where it is not.

        Looked at once: another run may bring the stack up while this one looks.
        """
        from llmdeploy.infra.simulate.session import PROJECT
        from llmdeploy.infra.state.backend import choose_backend
        from llmdeploy.infra.state.damage import state_file

        state = state_file(choose_backend(self.home, self.request.backend), PROJECT, self.stack)
        base = self.base.plan
        return (
            self.request.simulate
            and base is not None
            and base.stack_name == self.stack
            and base.regions[0].provider != "local"
            and self.deployed_plan.regions[0].provider != "local"
            and not (state is not None and state.exists())
        )


def open_work(request: Request, spec: Path, home: Home) -> Work:
    """Load and plan a spec, here and at the base.

    Raises:
        SpecErrors: every problem of the spec.
        LlmdeployError: there is none, neither here nor at the base.
    """
    if spec.exists():
        source, plan = open_source(spec, request.environment, home, check=True)
        return Work(request, spec, home, source, plan, at_base(request, spec, home))
    base = at_base(request, spec, home)
    if base.source is None:
        at = f", neither here nor at {request.base}" if request.base else ""
        raise LlmdeployError(base.note if base.known else f"there is no spec {spec}{at}", "check the path")
    return Work(request, spec, home, base.source, None, base)


@contextmanager
def open_stack(work: Work) -> Iterator[Deployment]:
    """The stack, with providers that serve while the block runs."""
    from llmdeploy.cli.clouds.simulation import chosen_simulation
    from llmdeploy.cli.review.assumed import assumed_deployed
    from llmdeploy.infra.state.backend import choose_backend

    engine, plan = ready_engine(work.home), work.deployed_plan
    if work.assumes_base:
        assert work.base.plan is not None
        with assumed_deployed(work.base.plan, plan, work.source, work.home, engine) as deployment:
            yield deployment
        return
    backend = choose_backend(work.home, work.request.backend)
    simulate = work.request.simulate and plan.regions[0].provider != "local"
    with ExitStack() as serving:
        simulation = chosen_simulation(work.home, plan, engine, backend, simulate)
        runner = runner_for(work.home, engine, backend, plan, simulation, serving.enter_context)
        yield Deployment(plan, work.source, work.home, runner, simulation)
