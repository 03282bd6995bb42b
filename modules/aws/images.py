"""Container images, by digest, from a cache in the region where there can be one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.image_name import UPSTREAMS, Upstream, cache_prefix, registry, repository
from llmdeploy.modules.aws.pins import RegionPins
from llmdeploy.modules.aws.scope import Block, Scope


class Images(Block):
    """ECR repositories that fill themselves from the images' own registries.

    Each repository is declared here instead of being left to the first pull, so that it is tagged, encrypted,
    needs no permission of the instances to create any, and is gone after destroy.

    Args:
        images: `image:tag` of everything that runs in the region.
        logins: registry → ARN of the secret that ECR logs in with, in this region. Docker Hub and ghcr.io are
            cached only with one; without, and for nvcr.io, the images come from there.
    """

    def __init__(
        self,
        scope: Scope,
        images: Sequence[str],
        pins: RegionPins,
        logins: Mapping[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.IMAGES, opts)
        self._logins = logins
        self._rules: dict[str, aws.ecr.PullThroughCacheRule] = {}
        self._pins = pins
        held = dict.fromkeys(_untagged(image) for image in images if cached(image, logins))
        self._cached = {name: self._cache(name) for name in held}
        self.register_outputs({})

    def reference(self, image: str) -> pulumi.Output[str]:
        """What to pull for `image:tag`."""
        digest, name = self._pins.digest(image), _untagged(image)
        if name in self._cached:
            return pulumi.Output.concat(self._cached[name].repository_url, "@", digest)
        return pulumi.Output.from_input(f"{registry(name)}/{repository(name)}@{digest}")

    def repositories(self, *images: str) -> list[pulumi.Output[str]]:
        """ARNs of the cached repositories of some images; those that no cache holds have none."""
        wanted = dict.fromkeys(_untagged(image) for image in images)
        return [self._cached[name].arn for name in wanted if name in self._cached]

    def _cache(self, name: str) -> aws.ecr.Repository:
        """One repository holds all tags: those of both versions, while a rollout goes on."""
        host = registry(name)
        upstream = UPSTREAMS[host]
        if host not in self._rules:
            self._rules[host] = self._rule(host, upstream)
        part = f"{names.IMAGES}-{repository(name).replace('/', '-')}"
        return aws.ecr.Repository(
            self.scope.named(part),
            name=f"{cache_prefix(self.scope.deployment.stack, upstream)}/{repository(name)}",
            # The cache itself writes tags again when they move upstream; what runs is named by digest.
            image_tag_mutability="MUTABLE",
            encryption_configurations=[{"encryption_type": "AES256"}],
            force_delete=True,
            region=self.scope.location,
            tags=self.scope.tags(part),
            opts=self.options(after=[self._rules[host]]),
        )

    def _rule(self, host: str, upstream: Upstream) -> aws.ecr.PullThroughCacheRule:
        return aws.ecr.PullThroughCacheRule(
            self.scope.named(f"{names.IMAGES}-{upstream.short}"),
            ecr_repository_prefix=cache_prefix(self.scope.deployment.stack, upstream),
            upstream_registry_url=upstream.url,
            credential_arn=self._logins.get(host) if upstream.authenticated else None,
            region=self.scope.location,
            opts=self.options(),
        )


def cached(image: str, logins: Mapping[str, pulumi.Input[str]]) -> bool:
    """Whether the region's cache holds `image:tag`."""
    upstream = UPSTREAMS.get(registry(image))
    return upstream is not None and (not upstream.authenticated or registry(image) in logins)


def _untagged(image: str) -> str:
    return image.rpartition(":")[0]
