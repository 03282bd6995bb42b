"""`llmdeploy orphans`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.complete import complete_spec
from llmdeploy.cli.options import SpecArgument, backend_option, env_option, json_option, simulate_option
from llmdeploy.infra.home import home_from_environment
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.cli.sweeping import Sweeping


class _SpecUnlessAll(SpecArgument):
    """The spec, which looking for everything does not take."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Nothing is missing with --all; that option is read before."""
        if not ctx.params.get("everything"):
            return super().process_value(ctx, value)
        if not self.value_is_missing(value):
            raise click.UsageError("Give a SPEC or --all.", ctx)
        return None


@command(
    "llmdeploy orphans chat.yaml",
    "llmdeploy orphans chat.yaml --env prod --json",
    "llmdeploy orphans --all",
    "llmdeploy orphans --all --simulate",
)
@click.argument(
    "spec",
    cls=_SpecUnlessAll,
    required=True,
    metavar="[SPEC]",
    type=click.Path(path_type=Path),
    shell_complete=complete_spec,
)
@env_option
@click.option(
    "--all", "everything", is_flag=True, is_eager=True, help="Of every deployment, in every region there is."
)
@simulate_option
@backend_option
@json_option
@click.pass_context
def orphans(
    ctx: click.Context,
    spec: Path | None,
    environment: str | None,
    everything: bool,
    simulate: bool,
    backend: str | None,
    as_json: bool,
) -> None:
    """Find what carries our tags in a cloud and is in no state of the backend. Changes nothing.

    Such is left when a state is lost, or an `up` is killed at the wrong moment. With a SPEC: what carries the
    deployment's tags, in its regions. Clouds may list what was just removed for some minutes.

    Exit code 1 when there are orphans, or a cloud that is deployed to could not be looked into.
    """
    if everything and environment:
        raise click.UsageError("--env names an overlay of a SPEC: leave it or --all out.")
    found = _of_all(backend, simulate=simulate) if spec is None else _of(spec, environment, backend, simulate)
    if as_json:
        from llmdeploy.cli.render.orphans import swept_data

        document = {"simulated": found.simulated, **swept_data(found.swept)}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        from llmdeploy.cli.render.console import console
        from llmdeploy.cli.render.orphans import show_swept

        show_swept(found.swept, console(), simulated=found.simulated)
    ctx.exit(exit_codes.OK if found.clean else exit_codes.FAILED)


def _of_all(backend: str | None, *, simulate: bool) -> Sweeping:
    from llmdeploy.cli.clouds.simulation import SIMULATED
    from llmdeploy.cli.sweeping import sweep_all

    if simulate:
        click.echo(click.style(SIMULATED, fg="yellow"), err=True)
    return sweep_all(home_from_environment(), backend, simulate=simulate)


def _of(spec: Path, environment: str | None, backend: str | None, simulate: bool) -> Sweeping:
    from llmdeploy.cli.opening import open_deployment
    from llmdeploy.cli.sweeping import sweep_deployment

    deployment = open_deployment(spec, environment, backend, simulate=simulate or None)
    if deployment.plan.regions[0].provider == "local":
        raise LlmdeployError(
            f"{deployment.stack} runs on this machine: no cloud has anything of it",
            f"`llmdeploy destroy {spec} --force` ends what runs here without a state",
        )
    return sweep_deployment(deployment)
