"""Every logical name of every resource. A changed name makes another resource of it: a fleet would be
replaced.

The golden test over this file is the contract; change a name only together with a Pulumi alias.
"""

from __future__ import annotations

GATEWAY = "gateway"
"""The gateway, its supervisord, and its folder in the run folder."""
API_KEY = "api-key"


def region(name: str) -> str:
    """A region and its supervisord: `local/a` is `local-a`."""
    return name.replace("/", "-")


def replica(region_name: str, replica_name: str) -> str:
    """A replica: `a-0` of `local/a` is `local-a-0`."""
    provider = region_name.partition("/")[0]
    return f"{provider}-{replica_name}"
