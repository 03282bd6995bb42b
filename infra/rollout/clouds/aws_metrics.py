"""What is read of Application Load Balancers.

Metrics: "CloudWatch metrics for your Application Load Balancer" (elasticloadbalancing/latest/application,
load-balancer-cloudwatch-metrics); statistics: "CloudWatch statistics definitions" (AmazonCloudWatch/latest/
monitoring, Statistics-definitions).
"""

from __future__ import annotations

from typing import Final

REQUESTS: Final = "RequestCount"
ANSWERED: Final = tuple(f"HTTPCode_Target_{kind}XX_Count" for kind in (2, 3, 4))
FAILED: Final = "HTTPCode_Target_5XX_Count"
BALANCER: Final = ("HTTPCode_ELB_4XX_Count", "HTTPCode_ELB_5XX_Count")
"""What the load balancer answers itself: 502 and 504 where a replica refuses, breaks off or hangs, 460 where
the gateway has given up. It counts these for all its target groups together.
"""
DURATION: Final = "TargetResponseTime"
BOUNDS: Final = (
    *(0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75),
    *(1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0),
)
"""Seconds. Half as long again from one to the next: what the judge calls slower."""
