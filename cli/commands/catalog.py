"""`llmdeploy catalog`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import Command, Group
from llmdeploy.cli.options import json_option

if TYPE_CHECKING:
    from llmdeploy.cli.render.catalog import Listing
    from llmdeploy.serving.spec.managed import Service


@click.group(
    cls=Group,
    no_args_is_help=True,
    examples=("llmdeploy catalog gpus", "llmdeploy catalog prices", "llmdeploy catalog refresh"),
)
def catalog() -> None:
    """Show GPUs, instances, models, services and prices; add a model, refresh prices.

    Every row of the catalog has a source and the date of it: `--json` shows both.
    """


def _table(*examples: str) -> Callable[[Callable[..., Any]], click.Command]:
    return catalog.command(cls=Command, examples=examples)


_gpu = click.option("--gpu", metavar="NAME", help="Only this GPU, as `llmdeploy catalog gpus` names it.")
_provider = click.option("--provider", type=click.Choice(["aws", "gcp", "azure"]), help="Only this cloud.")
_quoting = click.option("--provider", type=click.Choice(["aws", "gcp"]), help="Only this cloud.")
_region = click.option("--region", metavar="REGION", help="Only this region, such as aws/us-east-1.")


@_table("llmdeploy catalog gpus", "llmdeploy catalog gpus --provider gcp")
@_provider
@json_option
def gpus(provider: str | None, as_json: bool) -> None:
    """GPUs: memory, throughput, bandwidth, and who rents them."""
    from llmdeploy.cli.render.catalog import gpu_listing

    _show(gpu_listing(provider), as_json=as_json)


@_table(
    "llmdeploy catalog instances --gpu l40s",
    "llmdeploy catalog instances --region aws/eu-central-1",
    "llmdeploy catalog instances --provider gcp --json",
)
@_gpu
@_provider
@_region
@json_option
def instances(gpu: str | None, provider: str | None, region: str | None, as_json: bool) -> None:
    """Instance types with GPUs: what is in them, and how they can be bought."""
    from llmdeploy.cli.render.catalog import instance_listing

    _show(instance_listing(_known_gpu(gpu), provider, _known_region(region)), as_json=as_json)


@_table("llmdeploy catalog models", "llmdeploy catalog models --json")
@json_option
def models(as_json: bool) -> None:
    """Open models: parameters, longest context, licence, and whether the hub asks to accept it."""
    from llmdeploy.cli.render.catalog import model_listing

    _show(model_listing(_overlay()), as_json=as_json)


@_table("llmdeploy catalog frameworks")
@json_option
def frameworks(as_json: bool) -> None:
    """Inference servers: the versions that are known, and what speaks against a new use."""
    from llmdeploy.cli.render.catalog import framework_listing

    _show(framework_listing(), as_json=as_json)


@_table(
    "llmdeploy catalog prices --region aws/us-east-1",
    "llmdeploy catalog prices --gpu h100 --provider gcp",
)
@_gpu
@_provider
@_region
@json_option
def prices(gpu: str | None, provider: str | None, region: str | None, as_json: bool) -> None:
    """USD an hour, on demand and spot; ~ marks an estimate, which is no list price."""
    from llmdeploy.cli.render.catalog import price_listing

    listing = price_listing(_known_gpu(gpu), provider, _known_region(region), overlay=_overlay())
    _show(listing, as_json=as_json)


@_table(
    "llmdeploy catalog managed --service bedrock",
    "llmdeploy catalog managed --provider gcp --json",
    "llmdeploy catalog managed --prices --gpu h100",
)
@click.option(
    "--service",
    type=click.Choice(["sagemaker", "vertex", "cloud-run", "bedrock", "azure-ml"]),
    help="Only this service, as `managed.service` of a spec names it.",
)
@_provider
@click.option("--prices", "priced", is_flag=True, help="USD an hour of what the services rent.")
@_gpu
@_region
@json_option
def managed(
    service: Service | None,
    provider: str | None,
    priced: bool,
    gpu: str | None,
    region: str | None,
    as_json: bool,
) -> None:
    """The clouds' own services: what each can and cannot, its limits, its prices.

    With --gpu or --region, prices are shown.
    """
    if not (priced or gpu or region):
        from llmdeploy.cli.render.managed_services import service_listing

        _show(service_listing(service, provider), as_json=as_json)
        return
    from llmdeploy.cli.render.catalog import managed_listing

    _show(managed_listing(service, _known_gpu(gpu), provider, _known_region(region)), as_json=as_json)


@_table("llmdeploy catalog api", "llmdeploy catalog api --model meta-llama/Llama-3.3-70B-Instruct")
@click.option("--model", metavar="ID", help="Only this model, by its hub id.")
@json_option
def api(model: str | None, as_json: bool) -> None:
    """USD for a million tokens at providers that serve the catalog's models."""
    from llmdeploy.cli.render.catalog import api_listing

    _show(api_listing(model), as_json=as_json)


@_table("llmdeploy catalog refresh --provider aws", "llmdeploy catalog refresh --dry-run --json")
@_quoting
@click.option("--dry-run", is_flag=True, help="Ask the clouds, write nothing.")
@json_option
@click.pass_context
def refresh(ctx: click.Context, provider: str | None, dry_run: bool, as_json: bool) -> None:
    """Ask the clouds for today's prices and keep them in the llmdeploy home.

    AWS: the usual credentials of boto3, allowed pricing:GetProducts and
    ec2:DescribeSpotPriceHistory. GCP: application default credentials.
    Rows that make no sense are left out and told. Without --provider, both are
    asked, and what one tells is kept when the other does not answer.
    """
    from llmdeploy.cli.render.refreshed import show_refreshed
    from llmdeploy.cli.render.telling import Telling
    from llmdeploy.infra.pricing.quote import PricesUnavailable
    from llmdeploy.infra.pricing.refresh import refresh_prices

    refreshed, failed = [], {}
    with Telling() as tell:
        for cloud in (provider,) if provider else ("aws", "gcp"):
            try:
                refreshed.append(refresh_prices(cloud, _overlay(), tell, write=not dry_run))
            except PricesUnavailable as error:
                failed[cloud] = error
    show_refreshed(refreshed, failed, as_json=as_json)
    ctx.exit(exit_codes.FAILED if failed else exit_codes.OK)


@_table(
    "llmdeploy catalog add s3://acme-models/chat ./chat",
    "llmdeploy catalog add acme/private-70b ~/private-70b",
)
@click.argument("model")
@click.argument("folder", type=click.Path(path_type=Path))
def add(model: str, folder: Path) -> None:
    """Describe a MODEL by the config.json in a FOLDER.

    For weights in a bucket, or on a hub that cannot be reached. The description is
    kept in the llmdeploy home, and comes before the catalog's own.
    """
    from llmdeploy.serving.models.description import described
    from llmdeploy.serving.models.kept import keep_description, own_models
    from llmdeploy.serving.models.local import describe_folder

    description = describe_folder(folder)
    found = described(model, description)
    kept = keep_description(own_models(_overlay()), model, description)
    click.echo(
        f"{model}: {found.parameters / 1e9:.2f}B parameters, {found.max_context:,} tokens, {found.native}; "
        f"kept in {kept}"
    )


def _show(listing: Listing, *, as_json: bool) -> None:
    from llmdeploy.cli.render.catalog import show_listing

    show_listing(listing, as_json=as_json)


def _overlay() -> Path:
    from llmdeploy.infra.home import home_from_environment

    return home_from_environment().root / "catalog"


def _known_gpu(name: str | None) -> str | None:
    from llmdeploy.serving.catalog.gpus import gpus as known

    return _known(name, list(known()), "GPU")


def _known_region(name: str | None) -> str | None:
    from llmdeploy.serving.catalog.regions import CLOUDS, cloud_regions

    return _known(name, [f"{cloud}/{one}" for cloud in CLOUDS for one in cloud_regions(cloud)], "region")


def _known(name: str | None, among: list[str], kind: str) -> str | None:
    if name is None or name in among:
        return name
    from difflib import get_close_matches

    close = get_close_matches(name, among, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(among[:12])}…"
    raise click.UsageError(f"No {kind} {name!r} in the catalog. {hint}")
