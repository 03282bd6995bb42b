"""Azure ML's workspaces, endpoints and deployments, and the names of what stands beside them.

Sources: azure-resource-manager/management/resource-name-rules; azure/machine-learning/how-to-manage-quotas,
how-to-troubleshoot-online-endpoints (OutOfQuota, BadArgument), reference-yaml-deployment-managed-online; the
sizes are those of the catalog. Written down 2026-11-30.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at
from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.identity.azure import DEPLOYMENT, ENDPOINT
from llmdeploy.serving.catalog.instances import instance_types, instances_in
from llmdeploy.serving.catalog.regions import cloud_regions

_ML: Final = "azure-native:machinelearningservices"
_BAD: Final = "BadArgument"
_NAMES: Final[dict[str, tuple[str, re.Pattern[str], str]]] = {
    "azure-native:storage:StorageAccount": (
        "accountName",
        re.compile(r"^[a-z0-9]{3,24}$"),
        "Storage account name must have 3 to 24 characters and use numbers and lower-case letters only.",
    ),
    "azure-native:keyvault:Vault": (
        "vaultName",
        re.compile(r"^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$"),
        "The vault name is invalid: 3-24 alphanumeric characters and hyphens, beginning with a letter.",
    ),
    "azure-native:containerregistry:Registry": (
        "registryName",
        re.compile(r"^[a-zA-Z0-9]{5,50}$"),
        "The registry name must be 5-50 alphanumeric characters.",
    ),
    f"{_ML}:Workspace": (
        "workspaceName",
        re.compile(r"^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$"),
        "Workspace name must be between 3 and 33 characters long.",
    ),
    ENDPOINT: (
        "endpointName",
        re.compile(r"^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$"),
        "Endpoint name must begin with a letter and have 3-32 letters, numbers and single dashes.",
    ),
    DEPLOYMENT: (
        "deploymentName",
        re.compile(r"^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$"),
        "Deployment name must begin with a letter and have 3-32 letters, numbers and single dashes.",
    ),
}
_LONGEST_S: Final = 180
_MOST_INSTANCES: Final = 50
_RESERVED: Final = 0.2
"""Of the vCPUs of a deployment that its quota must have more, for renewals; not of A100 and H100."""
_RESERVING: Final = ("t4",)

_OUT_OF_QUOTA: Final = (
    "Not enough quota available for {kind}. Current usage/limit: {used}/{limit}. Additional needed: {more}. "
    "Please see troubleshooting guide, available here: https://aka.ms/oe-tsg#error-outofquota"
)


def _name(look: Look, token: str) -> Problems:
    key, pattern, told = _NAMES[token]
    name = look.get(key)
    if isinstance(name, str) and not pattern.match(name):
        yield _BAD, f"{told} ({name})"


def _location(look: Look) -> Problems:
    location = look.get("location")
    if isinstance(location, str) and location not in cloud_regions("azure"):
        yield "LocationNotAvailableForResourceType", f"The provided location '{location}' is not available."


def _endpoint(look: Look) -> Problems:
    traffic = look.get("properties.traffic")
    if isinstance(traffic, dict) and traffic and sum(traffic.values()) not in (0, 100):
        yield _BAD, "Traffic values need to sum to 0 or 100."
    mode = look.get("properties.authMode")
    if isinstance(mode, str) and mode not in ("Key", "AMLToken", "AADToken"):
        yield _BAD, f"AuthMode {mode} is not supported."


def _size(look: Look) -> Problems:
    kind = look.get("properties.instanceType")
    if not isinstance(kind, str) or not kind.startswith("Standard_N"):
        return
    if kind not in instance_types("azure"):
        yield _BAD, f"Instance type {kind} is not supported for managed online endpoints."
    elif look.region and kind not in {one.name for one in instances_in(f"azure/{look.region}")}:
        yield _BAD, f"Instance type {kind} is not available in {look.region}."
    count = look.get("sku.capacity")
    if isinstance(count, int) and not 1 <= count <= _MOST_INSTANCES:
        yield _BAD, f"Instance count must be between 1 and {_MOST_INSTANCES}, not {count}."


def _requests(look: Look) -> Problems:
    timeout = _seconds(look.get("properties.requestSettings.requestTimeout"))
    if timeout is not None and not 0 < timeout <= _LONGEST_S:
        yield _BAD, f"RequestTimeout must be at most {_LONGEST_S} seconds, not {timeout:g}."
    for probe in ("livenessProbe", "readinessProbe"):
        for key in ("initialDelay", "period", "timeout"):
            found = _seconds(look.get(f"properties.{probe}.{key}"))
            if found is not None and found < 1:
                yield _BAD, f"{probe}.{key} must be at least 1 second."


def _environment(look: Look) -> Problems:
    environment = look.get("properties.environmentId")
    if not isinstance(environment, str) or look.planned:
        return
    record = look.record(environment, f"{_ML}:EnvironmentVersion")
    routed = record is None or at(record.inputs, "properties.inferenceConfig.scoringRoute")
    if not routed and not look.get("properties.codeConfiguration"):
        yield _BAD, "An environment without inferenceConfig needs a scoring script (codeConfiguration)."


def _quota(look: Look) -> Problems:
    kind, wanted = look.get("properties.instanceType"), look.get("sku.capacity", 1)
    described = instance_types("azure").get(str(kind))
    if described is None or look.planned or not isinstance(wanted, int):
        return
    more = _vcpus(described.vcpus * wanted, described.gpu)
    used = sum(
        _vcpus(described.vcpus * int(at(each.inputs, "sku.capacity", 1)), described.gpu)
        for each in look.store.of(DEPLOYMENT)
        if each.number != look.number
        and each.region == look.region
        and at(each.inputs, "properties.instanceType") == kind
    )
    for fault in Faults(look.store).of("quota"):
        if fault.type != kind or fault.region not in {"", look.region}:
            continue
        if used + more > fault.limit:
            yield "OutOfQuota", _OUT_OF_QUOTA.format(kind=kind, used=used, limit=fault.limit, more=more)
    for fault in Faults(look.store).of("capacity"):
        if fault.type in {"", kind} and fault.region in {"", look.region}:
            yield (
                "OutOfCapacity",
                f"The specified VM Size {kind} failed to provision due to a lack of capacity.",
            )


def _vcpus(vcpus: int, gpu: str) -> int:
    return math.ceil(vcpus * (1 + _RESERVED)) if gpu in _RESERVING else vcpus


def _seconds(value: Any) -> float | None:
    """Of an ISO 8601 duration of seconds; None for any other."""
    match = re.fullmatch(r"PT(\d+(?:\.\d+)?)S", value) if isinstance(value, str) else None
    return float(match.group(1)) if match else None


def _named(token: str) -> Check:
    return lambda look: _name(look, token)


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    **{token: (_named(token), _location) for token in _NAMES},
    "azure-native:resources:ResourceGroup": (_location,),
    ENDPOINT: (_named(ENDPOINT), _location, _endpoint),
    DEPLOYMENT: (_named(DEPLOYMENT), _location, _size, _requests, _environment, _quota),
}
