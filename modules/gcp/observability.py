"""What tells people: alerts, a check from outside, and a dashboard.

Alerts are incidents in Cloud Monitoring. Whom they reach is the project's business: notification channels
hold people's addresses, which are no part of a serving spec.
"""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.dashboard import dashboard
from llmdeploy.modules.gcp.names import part
from llmdeploy.modules.gcp.versions import all_versions
from llmdeploy.serving.gateway.filters import HEALTH_PATH
from llmdeploy.serving.plan.model import Plan

REQUESTS = "loadbalancing.googleapis.com/https/request_count"
ERROR_SHARE, ERRORS_FOR_S = 0.01, 300
"""Alert when more than one answer in a hundred has been an error for five minutes."""
NO_CAPACITY = ("ZONE_RESOURCE_POOL_EXHAUSTED", "QUOTA_EXCEEDED", "does not have enough resources")
"""What a failed creation of an instance says (compute/docs, troubleshooting resource availability)."""
QUIET_S = 3600
"""One incident an hour: a group without capacity tries again every minute."""
UPTIME_PERIOD_S, UPTIME_TIMEOUT_S, UPTIME_FAILED_S = 60, 10, 120


class GcpObservability(pulumi.ComponentResource):
    """Alerts and a dashboard of the whole deployment in Google's cloud.

    Args:
        url_map: under which the front's requests are counted.
    """

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        plan: Plan,
        project: str,
        url_map: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:gcp:Observability", name, {}, opts)
        self._name, self._stack, self._labels = name, deployment.stack, deployment.labels
        self._child = pulumi.ResourceOptions(parent=self)
        self._alert_on_errors(url_map)
        self._alert_on_no_capacity(plan)
        if plan.domain is not None:
            self._check_from_outside(plan.domain, project)
        self._show(plan, url_map)
        self.register_outputs({})

    def _alert_on_errors(self, url_map: pulumi.Output[str]) -> None:
        from pulumi_gcp import monitoring

        all_requests = pulumi.Output.concat(
            f'metric.type = "{REQUESTS}" AND resource.type = "https_lb_rule"'
            ' AND resource.labels.url_map_name = "',
            url_map,
            '"',
        )
        errors = pulumi.Output.concat(all_requests, ' AND metric.labels.response_code_class = "500"')
        rate: monitoring.AlertPolicyConditionConditionThresholdAggregationArgsDict = {
            "alignment_period": "60s",
            "per_series_aligner": "ALIGN_RATE",
            "cross_series_reducer": "REDUCE_SUM",
        }
        monitoring.AlertPolicy(
            part(self._name, "errors"),
            display_name=f"{self._stack}: errors at the front",
            combiner="OR",
            conditions=[
                {
                    "display_name": f"more than {ERROR_SHARE:.0%} of the answers",
                    "condition_threshold": {
                        "filter": errors,
                        "aggregations": [rate],
                        "denominator_filter": all_requests,
                        "denominator_aggregations": [rate],
                        "comparison": "COMPARISON_GT",
                        "threshold_value": ERROR_SHARE,
                        "duration": f"{ERRORS_FOR_S}s",
                    },
                }
            ],
            user_labels=self._labels,
            opts=self._child,
        )

    def _alert_on_no_capacity(self, plan: Plan) -> None:
        """Google has no instance for a fleet, or the project's quota is used up: both retried for ever, in
        silence."""
        from pulumi_gcp import monitoring

        fleets = [
            names.base_instance(self._stack, version.location, role, version.slot)
            for version in all_versions(plan.regions)
            if version.managed is None
            for role in (names.NODE, names.STAND_IN)
        ]
        if not fleets:
            return
        monitoring.AlertPolicy(
            part(self._name, "no-capacity"),
            display_name=f"{self._stack}: no GPU instance to be had",
            combiner="OR",
            conditions=[
                {
                    "display_name": "an instance could not be created",
                    "condition_matched_log": {
                        "filter": " AND ".join(
                            (
                                "severity >= ERROR",
                                'protoPayload.serviceName = "compute.googleapis.com"',
                                f"protoPayload.resourceName : ({_any(fleets)})",
                                f"protoPayload.status.message : ({_any(NO_CAPACITY)})",
                            )
                        )
                    },
                }
            ],
            alert_strategy={"notification_rate_limit": {"period": f"{QUIET_S}s"}, "auto_close": "86400s"},
            user_labels=self._labels,
            opts=self._child,
        )

    def _check_from_outside(self, domain: str, project: str) -> None:
        from pulumi_gcp import monitoring

        check = monitoring.UptimeCheckConfig(
            part(self._name, "uptime"),
            display_name=f"{self._stack}: {domain}",
            period=f"{UPTIME_PERIOD_S}s",
            timeout=f"{UPTIME_TIMEOUT_S}s",
            http_check={"path": HEALTH_PATH, "port": 443, "use_ssl": True, "validate_ssl": True},
            monitored_resource={"type": "uptime_url", "labels": {"host": domain, "project_id": project}},
            user_labels=self._labels,
            opts=self._child,
        )
        monitoring.AlertPolicy(
            part(self._name, "unreachable"),
            display_name=f"{self._stack}: {domain} cannot be reached",
            combiner="OR",
            conditions=[
                {
                    "display_name": "the check fails from more than one place",
                    "condition_threshold": {
                        "filter": pulumi.Output.concat(
                            'metric.type = "monitoring.googleapis.com/uptime_check/check_passed"'
                            ' AND resource.type = "uptime_url" AND metric.labels.check_id = "',
                            check.uptime_check_id,
                            '"',
                        ),
                        "aggregations": [
                            {
                                "alignment_period": f"{UPTIME_FAILED_S}s",
                                "per_series_aligner": "ALIGN_NEXT_OLDER",
                                "cross_series_reducer": "REDUCE_COUNT_FALSE",
                                "group_by_fields": ["resource.label.host"],
                            }
                        ],
                        "comparison": "COMPARISON_GT",
                        "threshold_value": 1,
                        "duration": f"{UPTIME_PERIOD_S}s",
                    },
                }
            ],
            user_labels=self._labels,
            opts=self._child,
        )

    def _show(self, plan: Plan, url_map: pulumi.Output[str]) -> None:
        from pulumi_gcp import monitoring

        locations = [region.location for region in plan.regions if region.provider == "gcp"]
        monitoring.Dashboard(
            part(self._name, "dashboard"),
            dashboard_json=url_map.apply(
                lambda found: dashboard(self._stack, found, locations, self._labels)
            ),
            opts=self._child,
        )


def _any(words: Iterable[str]) -> str:
    return " OR ".join(f'"{word}"' for word in words)
