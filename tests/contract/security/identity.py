"""What machines may do in the clouds: what they need, on resources that are named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.contract.security.held import Held

from llmdeploy.infra.simulate.records import Record

UNSCOPED = {"ecr:GetAuthorizationToken", "cloudwatch:PutMetricData"}
"""Actions that AWS cannot scope to a resource (Service Authorization Reference)."""
OF_PROJECT = {"roles/logging.logWriter", "roles/monitoring.metricWriter"}
"""Roles that Google can give only on a whole project, of those that are needed."""
OF_RESOURCE = {
    "roles/artifactregistry.reader",
    "roles/secretmanager.secretAccessor",
    "roles/storage.objectViewer",
}


def problems(held: Held) -> Iterator[str]:
    """Every right that is wider than it must be."""
    for policy in held.aws("RolePolicy"):
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            yield from _statement(policy, statement)
    for role in held.aws("Role"):
        (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        if set(trust["Principal"]) != {"Service"}:
            yield f"{role.name}: may be taken by {trust['Principal']}"
    for attached in held.aws("RolePolicyAttachment"):
        if not attached.inputs["policyArn"].endswith("/AmazonSSMManagedInstanceCore"):
            yield f"{attached.name}: {attached.inputs['policyArn']}"
    yield from _gcp(held)


def _statement(policy: Record, statement: dict[str, Any]) -> Iterator[str]:
    actions, resources = statement["Action"], statement["Resource"]
    if statement["Effect"] != "Allow" or isinstance(actions, str) or isinstance(resources, str):
        yield f"{policy.name}: {statement} is not written as lists of what is allowed"
        return
    for action in actions:
        if "*" in action:
            yield f"{policy.name}: all of {action}"
        if "*" in resources and action not in UNSCOPED:
            yield f"{policy.name}: {action} on everything"
    for resource in resources:
        if resource != "*" and resource.split(":", 5)[5].startswith("*"):
            yield f"{policy.name}: {resource}"


def _gcp(held: Held) -> Iterator[str]:
    own = {role.id for role in held.gcp("IAMCustomRole")}
    for member in held.gcp("IAMMember"):
        if member.inputs["role"] not in OF_PROJECT | own:
            yield f"{member.name}: {member.inputs['role']} on the project"
    for kind in ("BucketIAMMember", "RepositoryIamMember", "SecretIamMember"):
        for member in held.gcp(kind):
            if member.inputs["role"] not in OF_RESOURCE:
                yield f"{member.name}: {member.inputs['role']}"
    for each in held.records:
        if each.inputs.get("member") in {"allUsers", "allAuthenticatedUsers"}:
            yield f"{each.name}: everybody"
    for role in held.gcp("IAMCustomRole"):
        for permission in role.inputs["permissions"]:
            if permission.rpartition(".")[2] not in {"get", "list"}:
                yield f"{role.name}: {permission}"
