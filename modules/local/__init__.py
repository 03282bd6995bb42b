"""A deployment on this machine: a supervisord per region with replicas, and one Envoy in front of all."""

from llmdeploy.modules.local.gateway import LocalGateway
from llmdeploy.modules.local.region import LocalRegion

__all__ = ["LocalGateway", "LocalRegion"]
