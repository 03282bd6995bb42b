"""What the checks ask for is what the modules use: machine images, and permissions for every resource."""

from __future__ import annotations

import ast
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from llmdeploy.infra.preflight.clouds.aws_policy import iam_policy
from llmdeploy.infra.preflight.clouds.azure_role import actions, providers
from llmdeploy.infra.preflight.clouds.gcp_role import permissions, services
from llmdeploy.infra.preflight.images import AWS_PARAMETER, GCP_FAMILY, GCP_PROJECT

ROOT = Path(__file__).parents[3]
NEEDED = Path(__file__).parent / "needed"

PACKAGES = {"aws": "pulumi_aws", "azure": "pulumi_azure_native", "gcp": "pulumi_gcp"}
ENUMERATION = "Metric"
"""Of `aws.autoscaling`: values, not a resource."""


def resources_used(cloud: str) -> set[str]:
    """`ec2.Vpc` for every class of the cloud's SDK that modules/CLOUD makes an instance of."""
    used = set()
    for file in (ROOT / "modules" / cloud).rglob("*.py"):
        tree = ast.parse(file.read_text())
        services = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == PACKAGES[cloud]
            for alias in node.names
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            name, owner = node.func.attr, node.func.value
            if (
                isinstance(owner, ast.Attribute)
                and isinstance(owner.value, ast.Name)
                and owner.value.id == cloud
            ):
                service = owner.attr
            elif isinstance(owner, ast.Name) and owner.id in services:
                service = services[owner.id]
            else:
                continue
            if name[0].isupper() and name != ENUMERATION and not name.endswith(("Args", "Dict")):
                used.add(f"{service}.{name}")
    return used


def needed(cloud: str) -> dict[str, list[str]]:
    return yaml.safe_load((NEEDED / f"{cloud}.yaml").read_text())


@pytest.mark.parametrize(("cloud", "at_least"), [("aws", 20), ("azure", 10), ("gcp", 20)])
def test_every_resource_of_the_modules_is_looked_up(cloud, at_least):
    used = resources_used(cloud)
    assert len(used) > at_least
    assert sorted(used - needed(cloud).keys()) == []


def test_the_aws_policy_allows_what_they_take():
    allowed = [action for statement in iam_policy()["Statement"] for action in statement["Action"]]
    wanted = {action for actions in needed("aws").values() for action in actions}
    assert sorted(each for each in wanted if not any(fnmatchcase(each, one) for one in allowed)) == []


def test_the_gcp_role_allows_what_they_take():
    granted = set(permissions())
    wanted = {each for names in needed("gcp").values() for each in names}
    assert sorted(wanted - granted) == []


def test_the_azure_role_allows_what_they_take_of_providers_that_are_registered():
    wanted = {each for names in needed("azure").values() for each in names}
    assert sorted(wanted - set(actions())) == []
    namespaces = {each.partition("/")[0] for each in wanted}
    assert namespaces - set(providers()) == {"Microsoft.Resources"}


def test_the_services_of_the_permissions_are_enabled():
    apis = {name.partition(".")[0] for name in services()}
    aliases = {"resourcemanager": "cloudresourcemanager"}
    assert {aliases.get(each.partition(".")[0], each.partition(".")[0]) for each in permissions()} <= apis


def constant(file: str, name: str) -> object:
    """A literal of a module, read without its imports, which take seconds."""
    assigned = [node for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.Assign)]
    (found,) = [node for node in assigned if ast.unparse(node.targets[0]).strip("()") == name]
    return ast.literal_eval(found.value)


def test_the_machine_images_are_those_that_the_modules_ask_for():
    assert constant("modules/aws/lookups.py", "MACHINE_IMAGE") == AWS_PARAMETER
    assert constant("modules/gcp/pins.py", "NODE_IMAGE") == (GCP_FAMILY, GCP_PROJECT)
