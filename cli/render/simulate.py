"""How the simulated clouds look."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.table import heading, show, table

if TYPE_CHECKING:
    from llmdeploy.infra.simulate.clouds import SimulatedClouds
    from llmdeploy.infra.simulate.records import Record
    from llmdeploy.infra.simulate.topology import Group

_HIDDEN = "[secret]"


def show_clouds(clouds: SimulatedClouds, *, as_json: bool) -> None:
    """Every resource, the instances of each group, and the faults that are set."""
    from llmdeploy.infra.simulate.topology import topology

    records = clouds.resources() if clouds.exist else []
    faults = clouds.faults() if clouds.exist else []
    groups = topology(clouds).groups if records else ()
    if as_json:
        document = {
            "simulated": True,
            "resources": [_document(record) for record in records],
            "groups": [_group_document(group) for group in groups],
            "faults": [{"number": number, **asdict(fault)} for number, fault in faults],
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    out = console()
    if not records and not faults:
        click.echo("The simulated clouds are empty.")
        return
    heading("simulated resources", out)
    rows = [(record.name, record.token, record.region or "global", record.id) for record in records]
    show(table(("name", "type", "region", "id"), rows), out)
    for group in groups:
        out.print()
        heading(f"{group.record.name}: {len(group.instances)} of {group.wanted} instances", out)
        show(table(None, [(each.id, each.zone, each.type, each.lifecycle) for each in group.instances]), out)
        if group.message:
            out.print(f"! {group.message}", style="yellow")
    if faults:
        out.print()
        heading("faults", out)
        show(table(None, [(str(number), fault.describe()) for number, fault in faults]), out)


def show_resource(record: Record, *, as_json: bool) -> None:
    """All properties of one."""
    document = _document(record)
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    out = console()
    heading(f"{record.token} {record.name} (simulated)", out)
    values = {"id": record.id, **document["outputs"]}
    show(table(None, [(key, _text(value)) for key, value in values.items()]), out)


def _document(record: Record) -> dict[str, Any]:
    """A record without what is secret in it."""
    shown = {name: _HIDDEN if name in record.secrets else value for name, value in record.outputs.items()}
    return {
        "name": record.name,
        "type": record.token,
        "id": record.id,
        "urn": record.urn,
        "region": record.region,
        "outputs": shown,
    }


def _group_document(group: Group) -> dict[str, Any]:
    return {
        "name": group.record.name,
        "region": group.record.region,
        "wanted": group.wanted,
        "message": group.message,
        "instances": [asdict(instance) for instance in group.instances],
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
