"""Checks of what the instances fetch: container images and weights."""

from __future__ import annotations

from collections.abc import MutableMapping, MutableSet

from llmdeploy.infra.preflight.clouds.protocol import Cloud, Hub, Registry
from llmdeploy.infra.preflight.digests import Digests
from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.serving.node.places import COMPLETE, bucket_name, model_prefix
from llmdeploy.serving.plan.model import ModelPlan, RegionPlan


def image(
    reference: str, registry: Registry, remembered: Digests, found: MutableMapping[str, str]
) -> Finding:
    """Whether `image:tag` is there, and which digest it has; a remembered digest is kept."""
    name, _, tag = reference.rpartition(":")
    needs = f"{reference} by digest"
    known = remembered.get(reference)
    if known is not None:
        found[reference] = known
        return Finding("", "image", needs, f"{_short(known)}, as before", "ok")
    digest = registry.digest(name, tag)
    if digest is None:
        mend = "name a `framework.version` whose image is published"
        return Finding("", "image", needs, "no such tag", "failed", mend)
    remembered.keep(reference, digest)
    found[reference] = digest
    return Finding("", "image", needs, _short(digest), "ok")


def own_weights(source: str, location: str, cloud: Cloud) -> Finding:
    """Whether a bucket that the spec names (s3://…, gs://…) holds something under its prefix."""
    bucket, _, prefix = source.partition("://")[2].partition("/")
    needs = f"weights in {source}"
    if cloud.holds(location, bucket, prefix):
        return Finding("", "weights", needs, "objects there", "ok")
    mend = "name a bucket and a prefix that hold the model, and that these credentials may list"
    return Finding("", "weights", needs, "nothing there", "failed", mend)


def mirrored_weights(
    region: RegionPlan, model: ModelPlan, stack: str, cloud: Cloud, found: MutableSet[str]
) -> Finding:
    """Whether the region's own bucket holds all of the model, or its instances must fetch it elsewhere."""
    bucket = bucket_name(stack, region.name, cloud.identity().account)
    needs = "the model in the bucket"
    if cloud.holds(region.location, bucket, f"{model_prefix(model.id, model.revision)}/{COMPLETE}"):
        found.add(region.name)
        return Finding(region.name, "weights", needs, bucket, "ok")
    mend = "`llmdeploy weights push SPEC` mirrors it, and instances start sooner"
    return Finding(region.name, "weights", needs, "no: the hub instead", "ok", mend)


def hub_weights(source: str, revision: str | None, hub: Hub) -> Finding:
    """Whether the hub lets the instances read a model or an adapter."""
    needs = f"{source} on the hub"
    match hub.access(source, revision):
        case "open":
            has, mend = "there" + (", read with HF_TOKEN" if hub.has_token() else ""), ""
        case "gated" if hub.has_token():
            has = "gated, HF_TOKEN has no access"
            mend = "accept its licence on its page of the hub, with the account of HF_TOKEN"
        case "gated":
            has = "gated, no HF_TOKEN"
            mend = "accept its licence on its page of the hub, and set HF_TOKEN"
        case "no-revision":
            has, mend = f"no revision {revision}", "name a commit, tag or branch that it has"
        case _:
            has, mend = "not there", "check its name; a private one needs HF_TOKEN"
    return Finding("", "weights", needs, has, "failed" if mend else "ok", mend)


def _short(digest: str) -> str:
    return digest[: len("sha256:") + 12]
