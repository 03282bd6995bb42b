"""What all regions in Google's cloud share: accounts, network, secrets and public addresses."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp.addresses import GcpAddresses
from llmdeploy.modules.gcp.identity import GcpIdentity
from llmdeploy.modules.gcp.names import part
from llmdeploy.modules.gcp.network import GcpNetwork
from llmdeploy.modules.gcp.secrets import GcpSecrets
from llmdeploy.modules.gcp.versions import all_versions
from llmdeploy.serving.plan.model import Plan


class GcpShared(pulumi.ComponentResource):
    """Everything that is there once. It needs no region.

    Args:
        project: the project id, in which everything is.
        keys: the JSON `{"default": …, "peer": …}`, a secret; None when the gateways ask for no key.
        hub_token: a secret; None where the model needs none.
    """

    identity: GcpIdentity
    network: GcpNetwork
    secrets: GcpSecrets
    addresses: GcpAddresses

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        plan: Plan,
        project: str,
        keys: pulumi.Output[str] | None,
        hub_token: pulumi.Output[str] | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:gcp:Shared", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        versions = list(all_versions(plan.regions))
        hardware = [version.hardware for version in versions if version.hardware]
        launches = [
            version.server.launch for version in versions if version.server.launch and version.managed is None
        ]
        self.identity = GcpIdentity(
            part(name, "identity"),
            deployment,
            project,
            falls_back=any(each.purchase == "spot-with-fallback" for each in hardware),
            opts=child,
        )
        self.network = GcpNetwork(part(name, "network"), deployment, plan, self.identity, child)
        self.secrets = GcpSecrets(
            part(name, "secrets"),
            deployment,
            self.identity,
            keys,
            hub_token,
            nodes_check_keys=any(each.key_checked_by == "server" for each in launches),
            protected=plan.protected,
            opts=child,
        )
        self.addresses = GcpAddresses(part(name, "addresses"), deployment, plan, child)
        self.register_outputs({})
