"""The resources of the live simulation, as Pulumi classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi


class Addresses(pulumi.CustomResource):
    """A port of the loopback for each name."""

    ports: pulumi.Output[Mapping[str, int]]

    def __init__(
        self, name: str, *, names: Sequence[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        inputs = {"names": list(names), "ports": None}
        super().__init__("llmdeploy:simulated:Addresses", name, inputs, opts)


class Envoy(pulumi.CustomResource):
    """An Envoy with these files, under the supervisord of `folder`."""

    status: pulumi.Output[str]
    config: pulumi.Output[str]
    files: pulumi.Output[Mapping[str, str]]
    pid: pulumi.Output[int]
    log: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        folder: pulumi.Input[str],
        name: str,
        order: Sequence[str],
        texts: pulumi.Input[Mapping[str, str]],
        ports: pulumi.Input[Mapping[str, int]],
        environment: Mapping[str, str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "folder": folder,
            "name": name,
            "order": list(order),
            # The files hold the keys of clients, of gateways, and of certificates.
            "texts": pulumi.Output.secret(texts),
            "ports": ports,
            # Credentials are in it.
            "environment": pulumi.Output.secret(dict(environment or {})),
        }
        outputs = dict.fromkeys(("status", "config", "files", "pid", "log"))
        super().__init__("llmdeploy:simulated:Envoy", resource_name, {**inputs, **outputs}, opts)


class Service(pulumi.CustomResource):
    """What answers for a region's managed endpoints, told by `text`, under the supervisord of `folder`."""

    status: pulumi.Output[str]
    config: pulumi.Output[str]
    told: pulumi.Output[str]
    pid: pulumi.Output[int]
    log: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        folder: pulumi.Input[str],
        name: str,
        text: pulumi.Input[str],
        port: pulumi.Input[int],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        # Keys of certificates and of the simulated account are in it.
        inputs = {"folder": folder, "name": name, "text": pulumi.Output.secret(text), "port": port}
        outputs = dict.fromkeys(("status", "config", "told", "pid", "log"))
        super().__init__("llmdeploy:simulated:Service", resource_name, {**inputs, **outputs}, opts)
