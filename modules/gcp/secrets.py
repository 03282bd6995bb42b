"""The deployment's secrets: the API keys, and the token of the model hub."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.identity import GcpIdentity, member
from llmdeploy.modules.gcp.names import part

ACCESSOR = "roles/secretmanager.secretAccessor"


class GcpSecrets(pulumi.ComponentResource):
    """Each secret with its one version. Replicated by Google: places of one's own choice could not be
    changed, so that every new region would replace the secret.

    Args:
        keys: the JSON `{"default": …, "peer": …}`, a secret; None when the gateways ask for no key.
        hub_token: a secret; None where the model needs none.
        nodes_check_keys: whether the inference servers check the key themselves.
        protected: whether the secrets refuse to be deleted.
    """

    keys_secret: str | None
    """Its id in the project."""
    hub_token_secret: str | None

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        identity: GcpIdentity,
        keys: pulumi.Output[str] | None,
        hub_token: pulumi.Output[str] | None,
        nodes_check_keys: bool = False,
        protected: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:gcp:Secrets", name, {}, opts)
        self._labels, self._protected = deployment.labels, protected
        self.keys_secret = self.hub_token_secret = None
        if keys is not None:
            self.keys_secret = names.keys_secret(deployment.stack)
            readers = {names.GATEWAY: identity.gateway}
            if nodes_check_keys:
                readers[names.NODE] = identity.node
            self._secret(part(name, "keys"), self.keys_secret, keys, readers)
        if hub_token is not None:
            self.hub_token_secret = names.hub_token_secret(deployment.stack)
            self._secret(
                part(name, "hub-token"), self.hub_token_secret, hub_token, {names.NODE: identity.node}
            )
        self.register_outputs({})

    def _secret(
        self, name: str, secret_id: str, value: pulumi.Output[str], readers: dict[str, pulumi.Output[str]]
    ) -> None:
        from pulumi_gcp import secretmanager

        child = pulumi.ResourceOptions(parent=self)
        secret = secretmanager.Secret(
            name,
            secret_id=secret_id,
            replication={"auto": {}},
            deletion_protection=self._protected,
            labels=self._labels,
            opts=child,
        )
        hidden: pulumi.Output[str] = pulumi.Output.secret(value)
        secretmanager.SecretVersion(part(name, "version"), secret=secret.id, secret_data=hidden, opts=child)
        for role, email in readers.items():
            secretmanager.SecretIamMember(
                part(name, role, "reader"),
                secret_id=secret.id,
                role=ACCESSOR,
                member=member(email),
                opts=child,
            )
