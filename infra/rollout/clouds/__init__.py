"""Looks at replicas that cannot be reached from here: by what the clouds' own monitoring tells of them."""

from llmdeploy.infra.rollout.clouds.clients import CloudClients, real_clouds, simulated_clouds
from llmdeploy.infra.rollout.clouds.looking import look_in_cloud
from llmdeploy.infra.rollout.clouds.measurable import LEAST_BAKE_S, require_measurable

__all__ = [
    "LEAST_BAKE_S",
    "CloudClients",
    "look_in_cloud",
    "real_clouds",
    "require_measurable",
    "simulated_clouds",
]
