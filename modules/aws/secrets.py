"""The deployment's secrets, replicated to all regions: the API keys, and the token of the model hub."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.deployment import Deployment

KEYS = "keys"
HUB_TOKEN = "hub-token"  # noqa: S105 - the name of a secret, not the secret
RECOVERY_DAYS = 30
"""Of a protected deployment; another's secrets are gone with it: they can be drawn or given again."""


class AwsSecrets(pulumi.ComponentResource):
    """Each secret lives in the first region and has a replica in the others, so that a region that is lost
    takes no secret with it.

    Args:
        keys: the JSON `{"default": …, "peer": …}`, a secret; None when the gateways ask for no key.
        hub_token: a secret; None where there is none.
    """

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        locations: Sequence[str],
        keys: pulumi.Output[str] | None,
        hub_token: pulumi.Output[str] | None,
        protected: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:aws:Secrets", name, {}, opts)
        self._name, self._deployment, self._protected = name, deployment, protected
        self._home, *self._others = locations
        self._keys = None if keys is None else self._secret(KEYS, keys)
        self._hub_token = None if hub_token is None else self._secret(HUB_TOKEN, hub_token)
        self.register_outputs({})

    def keys(self, location: str) -> pulumi.Output[str] | None:
        """ARN of the API keys in a region."""
        return self._in(location, self._keys)

    def hub_token(self, location: str) -> pulumi.Output[str] | None:
        """ARN of the hub's token in a region."""
        return self._in(location, self._hub_token)

    def _secret(self, part: str, value: pulumi.Output[str]) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)
        hidden: pulumi.Output[str] = pulumi.Output.secret(value)
        secret = aws.secretsmanager.Secret(
            f"{self._name}-{part}",
            description=f"llmdeploy {self._deployment.stack}: {part}",
            replicas=[{"region": location} for location in self._others],
            recovery_window_in_days=RECOVERY_DAYS if self._protected else 0,
            region=self._home,
            tags=self._deployment.tags,
            opts=child,
        )
        version = aws.secretsmanager.SecretVersion(
            f"{self._name}-{part}",
            secret_id=secret.id,
            secret_string=hidden,
            region=self._home,
            opts=child,
        )
        # Of the version, so that what reads it waits for its value.
        arn: pulumi.Output[str] = version.secret_arn
        return arn

    def _in(self, location: str, arn: pulumi.Output[str] | None) -> pulumi.Output[str] | None:
        home = self._home
        return None if arn is None else arn.apply(lambda found: replica_arn(found, home, location))


def replica_arn(arn: str, home: str, location: str) -> str:
    """The ARN of a secret's replica: the same but for the region
    (docs.aws.amazon.com/secretsmanager/latest/userguide/create-manage-multi-region-secrets).
    """
    return arn.replace(f":secretsmanager:{home}:", f":secretsmanager:{location}:", 1)
