"""`llmdeploy preflight`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.complete import complete_spec
from llmdeploy.cli.options import SpecArgument, env_option, json_option
from llmdeploy.infra.home import home_from_environment
from llmdeploy.infra.preflight.finding import CHECKS
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.infra.preflight.finding import Check
    from llmdeploy.infra.preflight.report import Report

_PROVIDERS: Final = ("aws", "gcp", "azure")


class _SpecUnlessPolicy(SpecArgument):
    """The spec, which printing a policy does not need."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Nothing is missing where a policy is asked for; that option is read before."""
        return None if ctx.params.get("policy") in _PROVIDERS else super().process_value(ctx, value)


@command(
    "llmdeploy preflight chat.yaml",
    "llmdeploy preflight chat.yaml --allow quota --allow spot",
    "llmdeploy preflight chat.yaml --simulate --json",
    "llmdeploy preflight --print-policy aws",
)
@click.argument(
    "spec",
    cls=_SpecUnlessPolicy,
    required=True,
    metavar="SPEC",
    type=click.Path(path_type=Path),
    shell_complete=complete_spec,
)
@env_option
@click.option(
    "--allow",
    multiple=True,
    type=click.Choice(CHECKS),
    metavar="CHECK",
    help="Let the soft failures of this check pass.",
)
@click.option("--refresh-images", is_flag=True, help="Ask for image digests again.")
@click.option("--simulate", is_flag=True, help="Ask the simulated clouds.")
@click.option(
    "--print-policy",
    "policy",
    type=click.Choice(_PROVIDERS),
    is_eager=True,
    help="Print the IAM policy or custom role that deploying needs, and end.",
)
@json_option
def preflight(
    spec: Path,
    environment: str | None,
    allow: tuple[Check, ...],
    refresh_images: bool,
    simulate: bool,
    policy: str | None,
    as_json: bool,
) -> None:
    """Ask the clouds whether they can give what a spec needs. Changes nothing.

    Credentials, permissions, quotas, zones, images, weights, budget: all at once. Exit code 1 when something
    keeps `up` from working; a soft failure can be let pass with --allow.
    """
    if policy is not None:
        _print_policy(policy)
        return
    report = _report(spec, environment, allow, refresh_images=refresh_images, simulate=simulate)
    if as_json:
        from llmdeploy.cli.render.preflight import report_data

        click.echo(json.dumps(report_data(report), indent=2))
    else:
        from llmdeploy.cli.render.console import console
        from llmdeploy.cli.render.preflight import show_report

        show_report(report, console())
    click.get_current_context().exit(exit_codes.OK if report.ok else exit_codes.FAILED)


def _print_policy(provider: str) -> None:
    if provider == "aws":
        from llmdeploy.infra.preflight.clouds.aws_policy import iam_policy

        click.echo(json.dumps(iam_policy(), indent=2))
        return
    if provider == "azure":
        from llmdeploy.infra.preflight.clouds.azure_role import custom_role as azure_role

        click.echo(json.dumps(azure_role(), indent=2))
        return
    import yaml

    from llmdeploy.infra.preflight.clouds.gcp_role import custom_role

    click.echo(yaml.safe_dump(custom_role(), sort_keys=False), nl=False)


def _report(
    spec: Path, environment: str | None, allow: tuple[Check, ...], *, refresh_images: bool, simulate: bool
) -> Report:
    from llmdeploy.cli.clouds.settings import cloud_report
    from llmdeploy.cli.opening import open_plan

    home = home_from_environment()
    plan = open_plan(spec, environment, home)
    if all(region.provider == "local" for region in plan.regions):
        raise LlmdeployError(
            f"{plan.stack_name} runs on this machine: there is no cloud to ask",
            "`llmdeploy doctor` checks the machine; name aws/… or gcp/… regions, or take another --env",
        )
    return cloud_report(plan, home, allow=allow, simulate=simulate, refresh_images=refresh_images)
