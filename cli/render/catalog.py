"""How the tables of the catalog look."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli.render.money import ESTIMATE, usd

if TYPE_CHECKING:
    from rich.text import Text

    from llmdeploy.serving.catalog.instances import InstanceType
    from llmdeploy.serving.catalog.models import CatalogModel
    from llmdeploy.serving.catalog.prices import Price
    from llmdeploy.serving.spec.managed import Service

UNSURE_SHAPE = (
    "? its shape is from memory, checked against the parameter count alone; "
    "`llmdeploy catalog add` with its config.json makes it sure."
)


@dataclass(frozen=True, slots=True)
class Listing:
    """One table: the columns and rows to read, and the same as data. `notes` are lines below it."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | Text]]
    document: Sequence[dict[str, Any]]
    notes: Sequence[str] = ()


def show_listing(listing: Listing, *, as_json: bool) -> None:
    """Print a table, or its data as JSON."""
    if as_json:
        click.echo(json.dumps(listing.document, indent=2, ensure_ascii=False))
        return
    from llmdeploy.cli.render.console import console
    from llmdeploy.cli.render.table import show, styled, table

    if not listing.rows:
        click.echo("The catalog has no such row.", err=True)
        return
    out = console()
    show(table(listing.columns, listing.rows), out)
    for note in listing.notes:
        show(styled(note, "dim"), out)


def gpu_listing(provider: str | None) -> Listing:
    """Every GPU, or those that one cloud rents."""
    from llmdeploy.serving.catalog.gpus import gpus

    wanted = [gpu for gpu in gpus().values() if provider is None or provider in gpu.providers]
    rows = [
        (
            f"{gpu.name}{'?' if gpu.unverified else ''}",
            f"{gpu.memory_gib:g}",
            f"{gpu.bf16_tflops:g}",
            _or_dash(gpu.fp8_tflops),
            f"{gpu.bandwidth_gbs:g}",
            f"{gpu.interconnect} {gpu.interconnect_gbs:g}",
            f"{gpu.compute_capability / 10:.1f}",
            " ".join(gpu.providers),
        )
        for gpu in wanted
    ]
    columns = ("gpu", "GiB", "bf16", "fp8", "GB/s", "link GB/s", "cc", "clouds")
    unsure = [f"? {gpu.name}: {gpu.unverified}." for gpu in wanted if gpu.unverified]
    notes = ("bf16 and fp8: dense TFLOPS.", *unsure)
    return Listing(columns, rows, [asdict(gpu) for gpu in wanted], notes)


def instance_listing(gpu: str | None, provider: str | None, region: str | None) -> Listing:
    """Instance types, by GPU, cloud or region."""
    wanted = _instances(gpu, provider, region)
    rows = [
        (
            one.name,
            f"{one.gpus}x {one.gpu}",
            str(one.vcpus),
            f"{one.memory_gib:g}",
            _or_dash(one.nvme_gb),
            _or_dash(one.network_gbps),
            " ".join(word for word, is_so in (("on-demand", one.on_demand), ("spot", one.spot)) if is_so),
        )
        for one in wanted
    ]
    columns = ("instance", "GPUs", "vCPU", "GiB", "NVMe GB", "Gb/s", "bought")
    return Listing(columns, rows, [_instance_document(one, region) for one in wanted])


def model_listing(overlay: Path) -> Listing:
    """Every model of the catalog, after those that the user described."""
    from llmdeploy.serving.catalog.models import catalog_models

    models = [*_own_models(overlay), *catalog_models().values()]
    rows = [
        (
            f"{model.id}{'' if model.verified else '?'}",
            _billions(model.parameters),
            _billions(model.active_parameters) if model.active_parameters != model.parameters else "",
            f"{model.licence}{' (gated)' if model.gated else ''}",
        )
        for model in models
    ]
    document = [asdict(model) | {"verified": model.verified} for model in models]
    return Listing(("model", "params", "active", "licence"), rows, document, (UNSURE_SHAPE,))


def framework_listing() -> Listing:
    """Every server that a spec can name."""
    from llmdeploy.serving.catalog.frameworks import framework_facts
    from llmdeploy.serving.catalog.table import read_table

    facts = [framework_facts(name) for name in read_table("frameworks")]
    rows = [(one.name, one.version, ", ".join(one.versions), one.maintenance) for one in facts]
    return Listing(("framework", "default", "versions", "note"), rows, [asdict(one) for one in facts])


def price_listing(gpu: str | None, provider: str | None, region: str | None, *, overlay: Path) -> Listing:
    """USD an hour: a row for each instance in each region."""
    from llmdeploy.serving.catalog.prices import priced_regions, prices_in
    from llmdeploy.serving.catalog.regions import CLOUDS

    wanted = {one.name: one for one in _instances(gpu, provider, None)}
    regions = [
        place
        for cloud in CLOUDS
        for place in priced_regions(cloud, overlay)
        if region in (None, place) and provider in (None, cloud)
    ]
    found = [one for place in regions for one in prices_in(place, overlay) if one.instance in wanted]
    by_place: dict[tuple[str, str], dict[str, Price]] = {}
    for one in found:
        by_place.setdefault((one.region, one.instance), {})[one.purchase] = one
    rows = [
        (
            place,
            name,
            f"{wanted[name].gpus}x {wanted[name].gpu}",
            _usd(both.get("on-demand")),
            _usd(both.get("spot")),
            max(one.checked for one in both.values()),
        )
        for (place, name), both in by_place.items()
    ]
    columns = ("region", "instance", "GPUs", "on-demand", "spot", "as of")
    return Listing(columns, rows, [asdict(one) for one in found], _price_notes(found))


def managed_listing(
    service: Service | None, gpu: str | None, provider: str | None, region: str | None
) -> Listing:
    """USD an hour of managed endpoints."""
    from llmdeploy.serving.catalog.managed_prices import managed_prices

    wanted = [
        one
        for one in managed_prices()
        if service in (None, one.service)
        and gpu in (None, one.gpu)
        and region in (None, one.region)
        and one.region.startswith(provider or "")
    ]
    rows = [
        (
            f"{one.service}",
            one.region,
            one.unit,
            f"{one.gpus}x {one.gpu}" if one.gpu else "–",
            usd(one.hourly_usd, estimated=one.estimated),
            one.checked,
        )
        for one in wanted
    ]
    notes = (f"{ESTIMATE}. Other units are estimated from what their instances cost.",) if rows else ()
    columns = ("service", "region", "unit", "GPUs", "USD/h", "as of")
    return Listing(columns, rows, [asdict(one) for one in wanted], notes)


def api_listing(model: str | None) -> Listing:
    """USD for a million tokens, each model's cheapest provider first."""
    from llmdeploy.serving.catalog.api_prices import api_prices

    found = api_prices(model)
    rows = [(one.model, one.provider, f"{one.input_usd:g}", f"{one.output_usd:g}") for one in found]
    notes = (f"Source: {found[0].source}, {found[0].checked}.",) if found else ()
    return Listing(("model", "provider", "in", "out"), rows, [asdict(one) for one in found], notes)


def _own_models(overlay: Path) -> list[CatalogModel]:
    from llmdeploy.serving.catalog.models import CatalogModel
    from llmdeploy.serving.models.kept import kept_names, own_models
    from llmdeploy.serving.models.lookup import model_architecture

    names = kept_names(own_models(overlay))
    found = [(name, model_architecture(name, overlay=overlay)) for name in names]
    return [
        CatalogModel(name, one.parameters, one.active_parameters, "your own", gated=False, source="your own")
        for name, one in found
    ]


def _instances(gpu: str | None, provider: str | None, region: str | None) -> list[InstanceType]:
    from llmdeploy.serving.catalog.instances import instance_types, instances_in
    from llmdeploy.serving.catalog.regions import CLOUDS

    clouds = [provider] if provider else CLOUDS
    every = (
        instances_in(region) if region else [one for name in clouds for one in instance_types(name).values()]
    )
    return [one for one in every if gpu in (None, one.gpu) and provider in (None, one.provider)]


def _instance_document(one: InstanceType, region: str | None) -> dict[str, Any]:
    from llmdeploy.serving.catalog.instances import zones_offering

    return asdict(one) | ({"zones": zones_offering(region, one.name)} if region else {})


def _price_notes(found: Sequence[Price]) -> tuple[str, ...]:
    if not any(one.estimated for one in found):
        return ()
    return (f"{ESTIMATE}; `--json` says how it was made.",)


def _usd(one: Price | None) -> str:
    return "–" if one is None else usd(one.hourly_usd, estimated=one.estimated)


def _billions(count: int) -> str:
    return f"{count / 1e9:.2f}B" if count < 1e10 else f"{count / 1e9:.0f}B"


def _or_dash(value: float) -> str:
    return f"{value:g}" if value else "–"
