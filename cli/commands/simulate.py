"""`llmdeploy simulate`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli.command import Command, Group
from llmdeploy.cli.options import env_option, json_option, spec_argument

if TYPE_CHECKING:
    from llmdeploy.infra.simulate.clouds import SimulatedClouds


@click.group(
    cls=Group,
    no_args_is_help=True,
    examples=(
        "llmdeploy simulate show chat.yaml",
        "llmdeploy simulate drift chat.yaml BackendService:front timeoutSec=30",
        "llmdeploy simulate fault chat.yaml capacity --type g6e.12xlarge --zone us-east-1a",
    ),
)
def simulate() -> None:
    """Look into the simulated clouds of a deployment, and break things there.

    What `--simulate` brings up is kept until it is destroyed; nothing here touches a real cloud.
    """


def _command(*examples: str) -> Callable[[Callable[..., Any]], click.Command]:
    return simulate.command(cls=Command, examples=examples)


@_command("llmdeploy simulate show chat.yaml", "llmdeploy simulate show chat.yaml Vpc:vpc --json")
@spec_argument()
@click.argument("name", required=False, metavar="[RESOURCE]")
@env_option
@json_option
def show(spec: Path, name: str | None, environment: str | None, as_json: bool) -> None:
    """Show what is in them: resources, instances, faults; or one RESOURCE with all its properties."""
    from llmdeploy.cli.render.simulate import show_clouds, show_resource

    clouds = _clouds(spec, environment)
    if name is None:
        show_clouds(clouds, as_json=as_json)
    else:
        show_resource(clouds.find(name), as_json=as_json)


@_command(
    "llmdeploy simulate drift chat.yaml BackendService:front timeoutSec=30",
    "llmdeploy simulate drift chat.yaml Vpc:vpc tags.owner=someone",
    "llmdeploy simulate drift chat.yaml RecordSet:front --delete",
)
@spec_argument()
@click.argument("name", metavar="RESOURCE")
@click.argument("changes", nargs=-1, metavar="[PROPERTY=VALUE...]")
@click.option("--delete", is_flag=True, help="Delete the resource.")
@env_option
def drift(spec: Path, name: str, changes: tuple[str, ...], delete: bool, environment: str | None) -> None:
    """Change a RESOURCE behind the engine's back, as somebody might at the cloud's console.

    RESOURCE is a logical name, a Type:name, an id or a URN. PROPERTY is a path such as
    healthCheck.interval; VALUE is JSON, or text as it stands; an empty one removes the property.
    """
    if delete == bool(changes):
        raise click.UsageError("Give PROPERTY=VALUE, or --delete.")
    clouds = _clouds(spec, environment)
    record = clouds.find(name)
    if delete:
        clouds.delete(record)
        click.echo(f"{record.type} {record.name} is gone.")
        return
    clouds.drift(record, dict(_change(each) for each in changes))
    click.echo(f"{record.type} {record.name} has changed: {', '.join(changes)}")


@_command(
    "llmdeploy simulate fault chat.yaml capacity --type g6e.12xlarge --region us-east-1",
    "llmdeploy simulate fault chat.yaml quota --type L-DB2E81BA --limit 0",
    "llmdeploy simulate fault chat.yaml fail --type LoadBalancer --times 1",
    "llmdeploy simulate fault chat.yaml misbehave --type errors=0.2 --name 3f2a91",
    "llmdeploy simulate fault chat.yaml invoke --type throttled --region us-east-1 --times 20",
    "llmdeploy simulate fault chat.yaml --from faults.yaml",
    "llmdeploy simulate fault chat.yaml --clear",
)
@spec_argument()
@click.argument(
    "kind",
    required=False,
    type=click.Choice(
        [
            *("capacity", "quota", "fail", "slow", "late", "throttle", "misbehave"),
            *("invoke", "unhealthy", "expired"),
        ]
    ),
)
@click.option(
    "--type",
    "kind_of",
    default="",
    metavar="TYPE",
    help="Instance type, quota code, type of resource, what replicas do wrong (errors=0.2, slow=3, hang), or "
    "how calls are refused (throttled, unavailable, not-ready, expired, model-error).",
)
@click.option(
    "--name",
    default="",
    metavar="NAME",
    help="Only the resource of this logical name, this version, or this endpoint.",
)
@click.option("--region", default="", metavar="REGION", help="Only there, such as us-east-1.")
@click.option("--zone", default="", metavar="ZONE", help="Only there, such as us-east-1a.")
@click.option("--seconds", default=0.0, metavar="S", help="How much slower or later.")
@click.option("--times", default=0, metavar="N", help="How often; without it until it is cleared.")
@click.option("--limit", default=0, metavar="N", help="Of a quota: vCPUs on AWS, GPUs on Google Cloud.")
@click.option(
    "--from", "file", type=click.Path(path_type=Path), help="Take settings and faults from a YAML file."
)
@click.option("--clear", is_flag=True, help="End all faults.")
@env_option
def fault(
    spec: Path,
    kind: str | None,
    kind_of: str,
    file: Path | None,
    clear: bool,
    environment: str | None,
    **where: Any,
) -> None:
    """Set what shall go wrong, or end it.

    capacity: no instances to be had. quota: none for us. fail: creates and updates are refused. slow: they
    take longer. late: what was made is not seen at once. throttle: calls are refused until they are tried
    again. misbehave: replicas of one version in a live simulation do wrong, from the next `up` on. invoke:
    calls of the managed endpoints of a live simulation are refused. unhealthy: the container of a managed
    endpoint never becomes healthy. expired: credentials are not taken when it is made or changed.
    """
    if [kind is not None, file is not None, clear].count(True) != 1:
        raise click.UsageError("Give one of KIND, --from and --clear.")
    clouds = _clouds(spec, environment)
    for line in _set(clouds, kind, kind_of, file, where):
        click.echo(line)


@_command("llmdeploy simulate reset chat.yaml")
@spec_argument()
@env_option
def reset(spec: Path, environment: str | None) -> None:
    """Forget the simulated clouds of a deployment: resources, faults and settings.

    The stack's own state stays: run `llmdeploy destroy SPEC --simulate` first, or its next refresh finds
    everything gone.
    """
    count = _clouds(spec, environment).reset()
    click.echo(f"{count} resources forgotten.")


def _clouds(spec: Path, environment: str | None) -> SimulatedClouds:
    from llmdeploy.infra.home import home_from_environment
    from llmdeploy.infra.simulate.attach import folder_of
    from llmdeploy.infra.simulate.clouds import SimulatedClouds
    from llmdeploy.serving.load import load_spec

    loaded = load_spec(spec, environment)
    stack = f"{loaded.spec.name}-{environment}" if environment else loaded.spec.name
    return SimulatedClouds(folder_of(home_from_environment(), stack))


def _change(text: str) -> tuple[str, Any]:
    import json

    path, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is not PROPERTY=VALUE.")
    try:
        return path, json.loads(value) if value else None
    except ValueError:
        return path, value


def _set(
    clouds: SimulatedClouds, kind: str | None, kind_of: str, file: Path | None, where: dict[str, Any]
) -> list[str]:
    from llmdeploy.infra.simulate.faults import Fault
    from llmdeploy.infra.simulate.settings import load_settings

    if file is not None:
        return load_settings(clouds, file)
    if kind is None:
        return [f"{clouds.clear_faults()} faults ended."]
    made = Fault.read({"kind": kind, "type": kind_of, **where})
    clouds.add_fault(made)
    return [made.describe()]
