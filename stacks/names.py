"""Every logical name of every resource. A changed name makes another resource of it: a fleet would be
replaced.

The golden test over this file is the contract; change a name only together with a Pulumi alias.
"""

from __future__ import annotations

GATEWAY = "gateway"
"""The gateway, its supervisord, and its folder in the run folder."""
API_KEY = "api-key"
PEER_KEY = "peer-key"
"""What gateways of different regions ask each other for."""
AZURE_KEY = "azure-key"
"""What gateways ask the endpoints of Azure ML with."""
CERTIFICATE = "certificate"
"""Of the fronts of one cloud, where there is no domain."""
SECRETS = "secrets"
PEERS = "peers"
FRONT = "front"
SHARED = "shared"
DOMAIN = "domain"
ACCELERATOR = "accelerator"
GLOBAL = "global"
PROOF = "proof"
OBSERVABILITY = "observability"
PINS = "pins"


def region(name: str) -> str:
    """A region and its supervisord: `local/a` is `local-a`."""
    return name.replace("/", "-")


def facts(what: str) -> str:
    """What is known of a region, or of the whole: `aws-us-east-1-facts`."""
    return f"{what}-facts"


def cloud(provider: str, part: str) -> str:
    """What all regions of a cloud share: `aws-secrets`."""
    return f"{provider}-{part}"


def replica(region_name: str, replica_name: str) -> str:
    """A replica: `a-0` of `local/a` is `local-a-0`."""
    provider = region_name.partition("/")[0]
    return f"{provider}-{replica_name}"
