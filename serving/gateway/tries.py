"""Further tries of a request: after a failure at once, and beside the first when it has not begun to
answer."""

from __future__ import annotations

from llmdeploy.serving.gateway.typed import Config, extension, seconds
from llmdeploy.serving.plan.gateway import RetryPlan

RETRY_ON = "connect-failure,refused-stream,reset,retriable-status-codes"
"""`reset`, not `reset-before-request`: the requests of a killed replica had been sent. A stream that has
begun is never retried. Not `5xx`: a prompt that crashes a server with 500 must not be carried to the next."""

RETRIABLE_STATUS = (429, 502, 503, 504)
"""Answers of a replica that is full, loading, draining, or behind a proxy that lost it: another may do
better."""

PICKS = 50
"""How often a pick is repeated to find a replica not tried yet. A dead replica has nothing in flight, so
least-request prefers it three times in four of two; 50 picks leave one in 10^6."""

BACKOFF_S = 0.005
"""The mean wait before a retry. The next try goes elsewhere, so there is nothing to wait for."""


def retry_policy(retry: RetryPlan, hedge_s: float) -> Config:
    """`num_retries` counts failures retried and hedges together, so it also bounds a slow healthy request's
    copies."""
    return {
        "retry_on": RETRY_ON,
        "retriable_status_codes": list(RETRIABLE_STATUS),
        "num_retries": retry.retries,
        "per_try_timeout": seconds(hedge_s),
        "retry_back_off": {"base_interval": seconds(BACKOFF_S), "max_interval": seconds(BACKOFF_S * 10)},
        "retry_host_predicate": [
            extension(
                "envoy.retry_host_predicates.previous_hosts",
                "extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
            )
        ],
        "host_selection_retry_max_attempts": PICKS,
        # A further try goes to the next region at once: a region is lost as a whole more often than by one
        # replica, and with one try to spend it must not be spent on the dead replica's neighbour.
        "retry_priority": extension(
            "envoy.retry_priorities.previous_priorities",
            "extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig",
            update_frequency=1,
        ),
    }


def hedge_policy() -> Config:
    """When a try's time is over, start another beside it and take the first answer; never cut the first."""
    return {"hedge_on_per_try_timeout": True}
