"""What the instances of a group are made from: the parts that GPU instances and gateways have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

if TYPE_CHECKING:
    from pulumi_gcp.compute import (
        RegionInstanceTemplate,
        RegionInstanceTemplateDiskArgsDict,
        RegionInstanceTemplateGuestAcceleratorArgsDict,
        RegionInstanceTemplateSchedulingArgsDict,
    )

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
"""The service account's own roles say what an instance may do; the scope is no second list."""
NO_SSH = {
    "block-project-ssh-keys": "TRUE",
    "enable-oslogin": "TRUE",
    "serial-port-enable": "FALSE",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """An instance.

    Args:
        metadata: what it is started with; nothing secret.
        labels: lasting ones, see labels.py.
        secure_boot: whether only signed code may boot; not with NVIDIA's driver, which Google's Deep Learning
            images build unsigned.
    """

    location: str
    machine_type: str
    disk: RegionInstanceTemplateDiskArgsDict
    subnet: pulumi.Input[str]
    account: pulumi.Input[str]
    metadata: Mapping[str, str]
    labels: Mapping[str, str]
    scheduling: RegionInstanceTemplateSchedulingArgsDict
    accelerators: list[RegionInstanceTemplateGuestAcceleratorArgsDict] | None = None
    secure_boot: bool


def instance_template(name: str, template: Template, opts: pulumi.ResourceOptions) -> RegionInstanceTemplate:
    """A template, which is never changed: another is made, the group moves to it, and then it goes. So it
    must not have a name of its own choice.
    """
    from pulumi_gcp import compute

    return compute.RegionInstanceTemplate(
        name,
        region=template.location,
        machine_type=template.machine_type,
        guest_accelerators=template.accelerators,
        disks=[template.disk],
        # No access_configs: no address on the internet.
        network_interfaces=[{"subnetwork": template.subnet}],
        service_account={"email": template.account, "scopes": [SCOPE]},
        scheduling=template.scheduling,
        shielded_instance_config={
            "enable_secure_boot": template.secure_boot,
            "enable_vtpm": True,
            "enable_integrity_monitoring": True,
        },
        metadata={**NO_SSH, **template.metadata},
        labels=template.labels,
        opts=opts,
    )
