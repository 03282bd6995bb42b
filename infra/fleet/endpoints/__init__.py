"""Endpoints of a cloud's own services, in the place of instances."""

from llmdeploy.infra.fleet.endpoints.look import EndpointFacts, EndpointLook

__all__ = ["EndpointFacts", "EndpointLook"]
