"""The IAM policy that deploying needs: printed for the user, and tried with IAM's simulator."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from llmdeploy.infra.preflight.clouds.aws_errors import asking
from llmdeploy.infra.preflight.clouds.errors import Denied, NoAnswer

_FILE: Final = Path(__file__).parent.parent / "data" / "aws-policy.yaml"


def iam_policy() -> dict[str, Any]:
    """A policy document, as `aws iam create-policy --policy-document` takes it."""
    return {"Version": "2012-10-17", "Statement": [_statement(row) for row in _rows()]}


def denied_actions(iam: Any, caller: str) -> list[str]:
    """Those of the policy's actions that IAM's simulator denies to a caller, in the policy's order.

    Args:
        iam: a boto3 client of IAM.
        caller: what STS says of the caller.
    """
    principal = _principal(iam, caller)
    if principal is None:
        # The root of an account may do everything, and the simulator does not take it.
        return []
    return [action for row in _rows() for action in _denied(iam, principal, row)]


def _statement(row: dict[str, Any]) -> dict[str, Any]:
    condition = {"Condition": row["condition"]} if "condition" in row else {}
    return {
        "Sid": row["sid"],
        "Effect": "Allow",
        "Action": row["actions"],
        "Resource": row.get("resources", "*"),
        **condition,
    }


def _denied(iam: Any, principal: str, row: dict[str, Any]) -> Iterator[str]:
    asked = [*(action for action in row["actions"] if "*" not in action), *row.get("asked", ())]
    if not asked:
        return
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=principal,
        ActionNames=asked,
        ResourceArns=[arn.replace("*", "x") if arn != "*" else arn for arn in row.get("resources", ["*"])],
        ContextEntries=list(_context(row.get("condition", {}))),
    )
    decisions = {
        result["EvalActionName"]: result["EvalDecision"]
        for page in pages
        for result in page["EvaluationResults"]
    }
    yield from (action for action in asked if decisions.get(action, "allowed") != "allowed")


def _context(condition: dict[str, dict[str, list[str]]]) -> Iterator[dict[str, Any]]:
    """One value that the condition allows is enough: the simulator compares, it knows no service."""
    for keys in condition.values():
        for key, values in keys.items():
            yield {"ContextKeyName": key, "ContextKeyValues": values[:1], "ContextKeyType": "string"}


def _principal(iam: Any, caller: str) -> str | None:
    """What the simulator takes: a role in place of its session; None for the root of an account."""
    head, _, resource = caller.rpartition(":")
    kind, _, name = resource.partition("/")
    if kind == "root":
        return None
    if kind != "assumed-role":
        return caller
    role = name.partition("/")[0]
    try:
        # The name of a session leaves out the role's path, which those of IAM Identity Center have.
        with asking("iam:GetRole"):
            return str(iam.get_role(RoleName=role)["Role"]["Arn"])
    except (Denied, NoAnswer):
        return f"{head.replace(':sts:', ':iam:')}:role/{role}"


@cache
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text("utf-8"))
    return rows
