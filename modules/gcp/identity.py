"""Who the instances are: one account for the GPU instances, one for the gateways."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.names import part
from llmdeploy.modules.gcp.shortage import PERMISSIONS

WRITERS = ("roles/logging.logWriter", "roles/monitoring.metricWriter")
"""Granted on the project: Google knows no smaller scope for log entries and time series."""


class GcpIdentity(pulumi.ComponentResource):
    """The service accounts. What they may read is granted on each bucket, repository and secret by itself.

    Args:
        falls_back: whether a fleet of spot instances has stand-ins, for which the gateways count instances.
    """

    node: pulumi.Output[str]
    """E-mail of the GPU instances' account."""
    gateway: pulumi.Output[str]
    """E-mail of the gateways' account."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        project: str,
        falls_back: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:gcp:Identity", name, {}, opts)
        self.node = self._account(name, names.NODE, deployment, project)
        self.gateway = self._account(name, names.GATEWAY, deployment, project)
        if falls_back:
            self._let_count(part(name, names.GATEWAY, "watcher"), deployment, project)
        self.register_outputs({})

    def email(self, role: str) -> pulumi.Output[str]:
        """The account of names.NODE or names.GATEWAY."""
        return {names.NODE: self.node, names.GATEWAY: self.gateway}[role]

    def _account(self, name: str, role: str, deployment: Deployment, project: str) -> pulumi.Output[str]:
        from pulumi_gcp import projects, serviceaccount

        child = pulumi.ResourceOptions(parent=self)
        account = serviceaccount.Account(
            part(name, role),
            account_id=names.account_id(deployment.stack, role),
            display_name=f"{deployment.stack} {role}",
            opts=child,
        )
        for writer in WRITERS:
            projects.IAMMember(
                part(name, role, writer.rpartition(".")[2]),
                project=project,
                role=writer,
                member=member(account.email),
                opts=child,
            )
        return account.email

    def _let_count(self, name: str, deployment: Deployment, project: str) -> None:
        """A role with nothing but that: Google's own for reading shows the metadata of every instance."""
        from pulumi_gcp import projects

        child = pulumi.ResourceOptions(parent=self)
        role = projects.IAMCustomRole(
            part(name, "role"),
            role_id=names.watcher_role(deployment.stack),
            title=f"{deployment.stack}: counts instances",
            permissions=list(PERMISSIONS),
            opts=child,
        )
        projects.IAMMember(name, project=project, role=role.name, member=member(self.gateway), opts=child)


def member(email: pulumi.Output[str]) -> pulumi.Output[str]:
    """A service account as policies name it."""
    return pulumi.Output.concat("serviceAccount:", email)
