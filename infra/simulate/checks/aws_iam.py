"""IAM and every other JSON policy, S3 names, Secrets Manager, alarms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems

_VERSIONS: Final = frozenset({"2012-10-17", "2008-10-17"})
_STATEMENT: Final = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_ACTION: Final = re.compile(r"^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$")
_BUCKET: Final = re.compile(r"^(?!xn--|sthree-|\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$")


def _permissions(name: str) -> Check:
    return lambda look: _policy(look.get(name), resource=True)


def _trust(look: Look) -> Problems:
    yield from _policy(look.get("assumeRolePolicy"), resource=False)


def _policy(text: Any, resource: bool) -> Problems:
    """Rules of the policy language. Source: IAM User Guide, "Grammar of the IAM JSON policy language"."""
    if not isinstance(text, str):
        return
    try:
        document = json.loads(text)
    except ValueError:
        yield "MalformedPolicyDocument", "Syntax errors in policy."
        return
    if not isinstance(document, dict) or "Statement" not in document:
        yield "MalformedPolicyDocument", "Missing required field Statement"
        return
    if document.get("Version") not in {None, *_VERSIONS}:
        yield (
            "MalformedPolicyDocument",
            f"The policy is not in the valid JSON format: Version {document['Version']}",
        )
    for statement in _listed(document["Statement"]):
        yield from _statement(statement, resource)


def _statement(statement: Any, resource: bool) -> Problems:
    if not isinstance(statement, dict):
        yield "MalformedPolicyDocument", "Syntax errors in policy."
        return
    for field in statement:
        if field not in _STATEMENT:
            yield "MalformedPolicyDocument", f"Unknown field {field}"
    if statement.get("Effect") not in {"Allow", "Deny"}:
        yield "MalformedPolicyDocument", f"Invalid effect: {statement.get('Effect')}"
    if "Action" not in statement and "NotAction" not in statement:
        yield "MalformedPolicyDocument", "Policy statement must contain actions."
    for action in _listed(statement.get("Action", [])):
        if not isinstance(action, str) or not _ACTION.match(action):
            yield (
                "MalformedPolicyDocument",
                f"Actions/Conditions must be prefaced by a vendor, e.g., iam: {action}",
            )
    if resource and "Resource" not in statement and "NotResource" not in statement:
        yield "MalformedPolicyDocument", "Policy statement must contain resources."
    if not resource and ("Resource" in statement or "NotResource" in statement):
        yield "MalformedPolicyDocument", "Has prohibited field Resource"
    if not resource and "Principal" not in statement and "NotPrincipal" not in statement:
        yield "MalformedPolicyDocument", "Missing required field Principal"
    for each in _listed(statement.get("Resource", [])):
        if not isinstance(each, str) or (each != "*" and not each.startswith(("arn:", "${"))):
            yield "MalformedPolicyDocument", f'Resource {each} must be in ARN format or "*".'


def _listed(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list) else [value]


def _bucket(look: Look) -> Problems:
    name = look.get("bucket")
    if isinstance(name, str) and (not _BUCKET.match(name) or ".." in name):
        yield "InvalidBucketName", f"The specified bucket is not valid: {name}"


def _secret(look: Look) -> Problems:
    for replica in look.items("replicas"):
        if replica.get("region") == look.region and look.region:
            yield "InvalidParameterException", f"Invalid replica region {look.region}: it is the secret's own"


def _secret_value(look: Look) -> Problems:
    ways = ("secretString", "secretBinary", "secretStringWo")
    if not any(look.given(each) for each in ways):
        yield "InvalidRequestException", "You must provide either SecretString or SecretBinary."


def _alarm(look: Look) -> Problems:
    queries, name = look.given("metricQueries"), look.given("metricName")
    if queries == name and not look.given("evaluationCriteria"):
        yield "ValidationError", "exactly one of metricName and metricQueries is needed"
    if name and not (look.given("statistic") or look.given("extendedStatistic")):
        yield "ValidationError", "statistic or extendedStatistic is needed"
    points, periods = look.get("datapointsToAlarm"), look.get("evaluationPeriods")
    if isinstance(points, int) and isinstance(periods, int) and points > periods:
        yield "ValidationError", "The value for DatapointsToAlarm must be smaller than EvaluationPeriods"
    period = look.get("period")
    if isinstance(period, int) and period not in {10, 20, 30} and period % 60:
        yield "ValidationError", "The period must be 10, 20, 30 or a multiple of 60"


def _dashboard(look: Look) -> Problems:
    body = look.get("dashboardBody")
    if isinstance(body, str):
        try:
            found = json.loads(body)
        except ValueError:
            yield "InvalidParameterInput", "The field DashboardBody must be a valid JSON object"
            return
        if not isinstance(found, dict) or not isinstance(found.get("widgets"), list):
            yield "InvalidParameterInput", "The dashboard body is invalid: widgets should be an array"


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "aws:cloudwatch/dashboard:Dashboard": (_dashboard,),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (_alarm,),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (_permissions("policy"),),
    "aws:iam/policy:Policy": (_permissions("policy"),),
    "aws:iam/role:Role": (_trust,),
    "aws:iam/rolePolicy:RolePolicy": (_permissions("policy"),),
    "aws:s3/bucket:Bucket": (_bucket,),
    "aws:s3/bucketPolicy:BucketPolicy": (_permissions("policy"),),
    "aws:secretsmanager/secret:Secret": (_secret,),
    "aws:secretsmanager/secretVersion:SecretVersion": (_secret_value,),
}
