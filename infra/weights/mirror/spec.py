"""All models of a spec in all its regions: what `llmdeploy weights` works on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from llmdeploy.infra.weights.mirror.errors import MirrorFailed
from llmdeploy.infra.weights.mirror.hub_source import HubSource
from llmdeploy.infra.weights.mirror.manifest import read_manifest
from llmdeploy.infra.weights.mirror.meter import Progress
from llmdeploy.infra.weights.mirror.open import Buckets, model_source
from llmdeploy.infra.weights.mirror.push import push
from llmdeploy.infra.weights.mirror.source import FolderSource, Source
from llmdeploy.infra.weights.mirror.target import Pushed
from llmdeploy.serving.load import LoadedSpec
from llmdeploy.serving.node.models import NodeModel, spec_models
from llmdeploy.serving.node.places import COMPLETE, model_prefix


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A model in a region's bucket. Bytes."""

    region: str
    bucket: str
    model: str
    prefix: str
    complete: bool
    """Nodes load it from here; else from the hub."""
    files: int
    size: int


def cloud_regions(loaded: LoadedSpec, only: Sequence[str]) -> tuple[str, ...]:
    """The spec's regions in clouds; those in `only`, when it names any.

    Raises:
        MirrorFailed: the spec has none, or not one that was named.
    """
    known = tuple(region.name for region in loaded.spec.regions if region.provider != "local")
    for name in only:
        if name not in known:
            raise MirrorFailed(
                f"{loaded.file} has no cloud region {name}",
                f"name one of its own: {', '.join(known)}" if known else "local regions need no mirror",
            )
    if not known:
        raise MirrorFailed(f"{loaded.file} has no cloud region", "local regions need no mirror")
    return tuple(only) or known


def push_spec(
    loaded: LoadedSpec,
    regions: Sequence[str],
    buckets: Buckets,
    tell: Callable[[NodeModel, Progress], object],
    folder: Path | None = None,
) -> Iterator[Pushed]:
    """Mirror every model that the spec loads; one after the other, each into all regions.

    Args:
        folder: has the base model's files; None: they come from where the spec says.
        tell: how far it has come, at least every two seconds.

    Raises:
        MirrorFailed: see `push`.
    """
    opened = {region: buckets.opened(stack_name(loaded), region) for region in regions}
    for index, model in enumerate(spec_models(loaded.spec)):
        given = folder if index == 0 else None
        source = FolderSource(given) if given else _source(loaded, model, buckets)
        prefix = model_prefix(model.source, model.revision)
        yield from push(source, prefix, opened, lambda progress, model=model: tell(model, progress))  # type: ignore[misc]
        if isinstance(source, HubSource):
            source.close()


def _source(loaded: LoadedSpec, model: NodeModel, buckets: Buckets) -> Source:
    return model_source(model, Path(loaded.file).parent, buckets.cache)


def list_spec(loaded: LoadedSpec, regions: Sequence[str], buckets: Buckets) -> Iterator[Mirrored]:
    """What of the spec's models is in the bucket of each region.

    Raises:
        MirrorFailed: a bucket is not there, or refuses.
    """
    for region in regions:
        bucket = buckets.opened(stack_name(loaded), region)
        for model in spec_models(loaded.spec):
            prefix = model_prefix(model.source, model.revision)
            key = f"{prefix}/{COMPLETE}"
            stored = {name: each.size for name, each in bucket.objects(f"{prefix}/").items() if name != key}
            noted = bucket.read(key)
            wanted = {f"{prefix}/{file.path}": file.size for file in read_manifest(noted or "")}
            whole = noted is not None and all(stored.get(name) == size for name, size in wanted.items())
            yield Mirrored(
                region, bucket.name, model.source, prefix, whole, len(stored), sum(stored.values())
            )


def stack_name(loaded: LoadedSpec) -> str:
    """As the plan names it."""
    name, environment = loaded.spec.name, loaded.environment
    return f"{name}-{environment}" if environment else name
