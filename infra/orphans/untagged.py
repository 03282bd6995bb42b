"""What no sweep by tag can find: it takes no tags, or its tags are listed nowhere."""

from __future__ import annotations

from typing import Final

UNTAGGED: Final[dict[str, dict[str, str]]] = {
    "aws": {
        "autoscaling.Policy": "scaling policies",
        "cloudwatch.Dashboard": "dashboards",
        "ecr.PullThroughCacheRule": "pull-through cache rules",
        "iam.Role": "IAM roles",  # take tags, but IAM lists roles without them
        "route53.Record": "DNS records",
    },
    "azure": {
        "machinelearningservices.EnvironmentVersion": "environments (they go with their workspace)",
        "storage.BlobContainer": "blob containers and blobs (they go with their account)",
    },
    "gcp": {
        "compute.BackendService": "backend services",
        "compute.Firewall": "firewall rules",
        "compute.HealthCheck": "health checks",
        "compute.Network": "networks and subnets",
        "compute.RegionAutoscaler": "autoscalers",
        "compute.RegionInstanceGroupManager": "instance groups (their instances are found)",
        "compute.Router": "routers",
        "compute.SSLCertificate": "certificates of load balancers",
        "compute.SSLPolicy": "TLS policies",
        "compute.TargetHttpsProxy": "target proxies",
        "compute.URLMap": "URL maps",
        "dns.RecordSet": "DNS records",
        "logging.Metric": "log metrics",
        "monitoring.AlertPolicy": "alerts",
        "monitoring.Dashboard": "dashboards",
        "monitoring.UptimeCheckConfig": "uptime checks",
        "projects.IAMCustomRole": "custom roles",
        "serviceaccount.Account": "service accounts",
    },
}
"""By cloud: the SDK's class, and what a reader calls it. What goes with something else is left out."""
