"""What is always there in a cloud, without a resource of ours."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from llmdeploy.infra.simulate.offline.aws import prefix_lists
from llmdeploy.infra.simulate.offline.gcp import IMAGE_FAMILIES

_AWS_OWNED: Final = re.compile(
    r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:aws:|"  # owned by AWS itself
    r"^arn:aws[a-z-]*:(?:ssm|ec2):[a-z0-9-]+::|"  # public parameters and images
    r"^arn:aws[a-z-]*:s3:::aws-|"
    r"^arn:aws[a-z-]*:automate:|"  # EC2's alarm actions
    r"^arn:aws[a-z-]*:iam::\d+:root$|"
    r"^arn:aws[a-z-]*:iam::\d+:role/aws-service-role/"
)
_MANAGED_POLICY: Final = re.compile(r"^arn:aws[a-z-]*:iam::aws:policy/(.+)$")
_POLICY_NAME: Final = re.compile(r'^ "([^"]+)":\{$|^  "Path":"/([^"]*)"', re.M)

_GOOGLE_OWNED: Final = re.compile(
    r"^projects/[^/]+/(?:zones/[a-z]+-[a-z]+\d+-[a-z]|regions/[a-z]+-[a-z]+\d+|global)/"
    r"(?:machineTypes|acceleratorTypes|diskTypes)/[a-z0-9-]+$|"
    r"^projects/[^/]+/(?:zones|regions|locations)/[a-z0-9-]+$|"
    r"^projects/[^/]+/(?:global/networks|regions/[a-z0-9-]+/subnetworks)/default$|"
    r"^projects/[a-z0-9-]+$|"
    r"^(?:service-)?\d+(?:-\w+)?@[a-z0-9.-]*gserviceaccount\.com$"  # service agents and default accounts
)
_DATED: Final = re.compile(r"-v\d{8}$")
_GOOGLE_IMAGE: Final = re.compile(r"^projects/([a-z0-9-]+)/global/images/(family/)?([a-z0-9-]+)$")


def always_there(package: str, value: str) -> bool:
    """Whether the value names something that the cloud itself provides."""
    if package == "aws":
        if value.startswith("pl-"):
            return value in prefix_lists()
        policy = _MANAGED_POLICY.match(value)
        return policy.group(1) in _managed_policies() if policy else bool(_AWS_OWNED.match(value))
    image = _GOOGLE_IMAGE.match(value)
    return _is_public(*image.groups()) if image else bool(_GOOGLE_OWNED.match(value))


def _is_public(project: str, family: str | None, name: str) -> bool:
    families = IMAGE_FAMILIES.get(project, ())
    return name in families if family else _DATED.sub("", name) in families


@cache
def _managed_policies() -> frozenset[str]:
    """Names of Amazon's own policies, from the copy in moto; its module is read as text, as it is 5 MB of
    code.
    """
    found = find_spec("moto")
    if found is None or found.origin is None:
        return frozenset()
    text = (Path(found.origin).parent / "iam" / "aws_managed_policies.py").read_text()
    names, name = set(), ""
    for found_name, path in _POLICY_NAME.findall(text):
        if found_name:
            name = found_name
        else:
            names.add(path + name)
    return frozenset(names)
