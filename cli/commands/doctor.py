"""`llmdeploy doctor`."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.options import json_option


@command("llmdeploy doctor", "llmdeploy doctor --json")
@json_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check this machine and say what to mend. Exit code 1 when something keeps `up` from working."""
    from llmdeploy.cli.doctor.run import examine
    from llmdeploy.cli.render.findings import show_finding
    from llmdeploy.infra.home import home_from_environment

    findings = []
    for finding in examine(home_from_environment()):
        findings.append(finding)
        if not as_json:
            show_finding(finding)
    blocked = [finding for finding in findings if finding.verdict == "blocks"]
    if as_json:
        click.echo(json.dumps({"ok": not blocked, "findings": [asdict(each) for each in findings]}, indent=2))
    elif not blocked:
        click.echo("This machine can run `llmdeploy up`.")
    ctx.exit(exit_codes.FAILED if blocked else exit_codes.OK)
