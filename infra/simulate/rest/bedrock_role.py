"""The role of an import: whether Bedrock may take it, and whether it may read the weights.

As everywhere in the simulated clouds it is a grammar of what is allowed, with the two conditions that AWS
asks for (bedrock/latest/userguide, model-import-iam-role); others are taken as met.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.bedrock_call import BedrockCall

_ROLE: Final = "aws:iam/role:Role"
_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
_PRINCIPAL: Final = "bedrock.amazonaws.com"


def takes_role(call: BedrockCall, arn: str) -> bool:
    """Whether the role is there and lets Bedrock take it for this account and region."""
    role = _role(call, arn)
    if role is None:
        return False
    job = f"arn:aws:bedrock:{call.location}:{call.account}:model-import-job/any"
    about = {"aws:sourceaccount": call.account, "aws:sourcearn": job}
    return any(
        _PRINCIPAL in _listed(each.get("Principal", {}).get("Service"))
        and "sts:AssumeRole" in _listed(each.get("Action"))
        and _met(each.get("Condition", {}), about)
        for each in _statements(role.inputs.get("assumeRolePolicy"))
    )


def may_read(call: BedrockCall, arn: str, source: str) -> bool:
    """Whether its own policies let it list the bucket and read what lies in the folder."""
    role = _role(call, arn)
    if role is None:
        return False
    bucket, _, folder = source.removeprefix("s3://").partition("/")
    file = f"arn:aws:s3:::{bucket}/{folder.rstrip('/')}/config.json".replace("//config", "/config")
    rights = [
        each
        for policy in call.store.of(_POLICY)
        if policy.inputs.get("role") == role.outputs.get("name")
        for each in _statements(policy.inputs.get("policy"))
    ]
    return _allows(rights, "s3:ListBucket", f"arn:aws:s3:::{bucket}") and _allows(
        rights, "s3:GetObject", file
    )


def _role(call: BedrockCall, arn: str) -> Record | None:
    return next((each for each in call.store.of(_ROLE) if each.outputs.get("arn") == arn), None)


def _allows(statements: list[dict[str, Any]], action: str, resource: str) -> bool:
    return any(
        each.get("Effect") == "Allow"
        and any(fnmatchcase(action, pattern) for pattern in _listed(each.get("Action")))
        and any(fnmatchcase(resource, pattern) for pattern in _listed(each.get("Resource")))
        for each in statements
    )


def _met(conditions: dict[str, Any], about: dict[str, str]) -> bool:
    return all(
        fnmatchcase(about[key.lower()], str(wanted))
        for asked in conditions.values()
        for key, wanted in asked.items()
        if key.lower() in about
    )


def _statements(document: Any) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(document).get("Statement", [])
    except (TypeError, ValueError):
        return
    yield from _listed(found)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
