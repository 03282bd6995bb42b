"""Where the parts of a live simulation lie in its run folder."""

from __future__ import annotations

ENTRY = "gateway"
"""The folder of what stands in front of all regions, where a deployment on this machine has its gateway."""
EDGE = "-edge"
"""Ends the folder of a region's gateway and load balancers, beside that of its replicas."""
FRONT_PROGRAM = "envoy"
GATEWAY_PROGRAM = "gateway-envoy"
BALANCER_PROGRAM = "balancers-envoy"
SERVICE_PROGRAM = "managed-services"
"""Answers for the managed endpoints of a region, under the supervisord of its replicas."""
