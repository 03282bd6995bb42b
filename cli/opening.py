"""From the path of a spec to what commands work on: the plan, and the deployment behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmdeploy.cli.render.telling import Telling
from llmdeploy.infra.home import Home, home_from_environment

if TYPE_CHECKING:
    from llmdeploy.infra.runner.runner import Runner
    from llmdeploy.serving.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Deployment:
    """A plan, and the engine ready to work on its stack."""

    plan: Plan
    home: Home
    runner: Runner

    @property
    def stack(self) -> str:
        """The Pulumi stack."""
        return self.plan.stack_name

    @property
    def run_dir(self) -> Path:
        """The files of its local regions."""
        return self.home.run(self.stack)

    @property
    def program(self) -> Callable[[], None]:
        """The Pulumi program that realises the plan."""

        def realise() -> None:
            from llmdeploy.stacks.program import deploy

            deploy(self.plan, str(self.run_dir))

        return realise

    def outputs(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """What the last `up` left: endpoint, entries, model. Raises StackMissing before the first one."""
        return self.runner.outputs(self.stack, show_secrets=show_secrets)


def open_plan(
    spec: Path, environment: str | None, home: Home, *, check: bool = False, deploy: bool = False
) -> Plan:
    """Load a spec and plan it for this machine.

    Args:
        check: also refuse a plan whose weights or adapters are not on this machine; for what leads to `up`.
            What is up can be watched and removed without them.
        deploy: refuse what this version can plan but not deploy.

    Raises:
        SpecErrors: every problem of the spec.
    """
    from llmdeploy.infra.machine import this_machine
    from llmdeploy.serving.load import load_spec
    from llmdeploy.serving.plan.build import build_plan

    loaded = load_spec(spec, environment)
    if deploy:
        from llmdeploy.serving.plan.deployable import check_deployable

        check_deployable(loaded)
    plan = build_plan(loaded, this_machine(home.cache), home.root / "catalog")
    if check:
        from llmdeploy.infra.preflight import check_sources

        check_sources(plan, loaded, home.cache)
    return plan


def open_deployment(
    spec: Path, environment: str | None, backend: str | None = None, *, check: bool = False
) -> Deployment:
    """Load and plan a spec as `open_plan` does, and make the engine ready; obtaining it is told on stderr.

    Raises:
        SpecErrors: every problem of the spec.
        EngineMissing: there is no engine and none could be obtained.
    """
    home = home_from_environment()
    plan = open_plan(spec, environment, home, check=check, deploy=True)

    from llmdeploy.infra.engine.ensure import ensure_engine
    from llmdeploy.infra.runner.runner import Runner
    from llmdeploy.infra.state.backend import choose_backend

    chosen = choose_backend(home, backend)
    with Telling() as tell:
        engine = ensure_engine(home.cache, tell)
    return Deployment(plan, home, Runner(home, engine, chosen))
