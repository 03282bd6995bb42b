"""The region's own copies of container images, fetched from their registries when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.identity import GcpIdentity, member
from llmdeploy.modules.gcp.image_name import registry
from llmdeploy.modules.gcp.names import part

READER = "roles/artifactregistry.reader"


class GcpImageCache(pulumi.ComponentResource):
    """A remote repository for each registry that the region's images come from. Nothing is ever cleaned up: a
    fleet that grows must find the image of its digest, also when its registry is down or has deleted it.

    Args:
        images: image → who pulls it (names.NODE or names.GATEWAY); None: a service agent of Google's, which
        may
            read all of its project's.
    """

    repositories: Mapping[str, pulumi.Output[str]]
    """The id of each registry's repository."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        location: str,
        images: Mapping[str, str | None],
        identity: GcpIdentity,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:gcp:ImageCache", name, {}, opts)
        upstreams = sorted({registry(image) for image in images})
        self.repositories = {
            upstream: self._repository(
                part(name, upstream.replace(".", "-")),
                deployment,
                location,
                upstream,
                {
                    who: identity.email(who)
                    for image, who in images.items()
                    if who and registry(image) == upstream
                },
            )
            for upstream in upstreams
        }
        self.register_outputs({})

    def _repository(
        self,
        name: str,
        deployment: Deployment,
        location: str,
        upstream: str,
        readers: Mapping[str, pulumi.Output[str]],
    ) -> pulumi.Output[str]:
        from pulumi_gcp import artifactregistry

        child = pulumi.ResourceOptions(parent=self)
        repository = artifactregistry.Repository(
            name,
            location=location,
            repository_id=names.image_repository(deployment.stack, upstream),
            format="DOCKER",
            mode="REMOTE_REPOSITORY",
            description=f"Images of {upstream}",
            remote_repository_config={
                "docker_repository": (
                    {"public_repository": "DOCKER_HUB"}
                    if upstream == "docker.io"
                    else {"custom_repository": {"uri": f"https://{upstream}"}}
                ),
                "disable_upstream_validation": upstream != "docker.io",
            },
            labels=deployment.labels,
            opts=child,
        )
        for who, email in _sorted(readers):
            artifactregistry.RepositoryIamMember(
                part(name, who, "reader"),
                location=location,
                repository=repository.name,
                role=READER,
                member=member(email),
                opts=child,
            )
        return repository.repository_id


def _sorted(readers: Mapping[str, pulumi.Output[str]]) -> Iterable[tuple[str, pulumi.Output[str]]]:
    return sorted(readers.items(), key=lambda pair: pair[0])
