"""The replica's metrics, in the one set of names that llmdeploy reads everywhere."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from llmdeploy.infra.replica.admission import Admission
from llmdeploy.infra.replica.settings import ReplicaSettings
from llmdeploy.infra.replica.stopwatch import Outcome, Series, Stopwatch

# Seconds. The steps of vLLM's histograms (vllm/v1/metrics/loggers.py, 0.32), with finer ones below 5 ms.
_FIRST_TOKEN_S = (
    *(0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75),
    *(1.0, 2.5, 5.0, 7.5, 10.0, 20.0, 40.0, 80.0, 160.0),
)
_PER_TOKEN_S = (
    0.0001,
    0.00025,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.075,
    0.1,
    0.15,
    0.2,
    0.3,
    0.5,
    1.0,
)
_WHOLE_S = (
    0.01,
    0.05,
    0.1,
    0.3,
    0.5,
    0.8,
    1.0,
    1.5,
    2.0,
    2.5,
    5.0,
    10.0,
    15.0,
    20.0,
    30.0,
    60.0,
    120.0,
    300.0,
)


class Measures:
    """Every series of one replica. Labels: model (as the client named it), replica, region."""

    def __init__(self, settings: ReplicaSettings, admission: Admission, weights: str) -> None:
        self._registry = CollectorRegistry()
        self._settings = settings
        labels = ("model", "replica", "region")

        def histogram(name: str, text: str, steps: tuple[float, ...]) -> Histogram:
            return Histogram(
                f"llmdeploy_{name}_seconds", text, labels, registry=self._registry, buckets=steps
            )

        def counter(name: str, text: str, *further: str) -> Counter:
            return Counter(f"llmdeploy_{name}", text, (*labels, *further), registry=self._registry)

        self._first_token = histogram(
            "time_to_first_token", "From arrival to the first token.", _FIRST_TOKEN_S
        )
        self._per_token = histogram(
            "time_per_output_token", "Mean per answer, first token excluded.", _PER_TOKEN_S
        )
        self._whole = histogram("e2e_request_latency", "From arrival to the last byte.", _WHOLE_S)
        self._prompt_tokens = counter("prompt_tokens", "Tokens of prompts, cached ones included.")
        self._generation_tokens = counter("generation_tokens", "Tokens of answers.")
        self._requests = counter("requests", "Requests ended, by outcome.", "outcome")
        self._gauges(admission, labels, weights)
        for model in (settings.served_model_name, *(adapter.name for adapter in settings.adapters)):
            self._show_from_the_start(model)

    def request(self, model: str) -> Stopwatch:
        """A request for `model` has arrived."""
        labels = self._labels(model)
        return Stopwatch(
            Series(
                first_token=self._first_token.labels(**labels),
                per_token=self._per_token.labels(**labels),
                whole=self._whole.labels(**labels),
                prompt_tokens=self._prompt_tokens.labels(**labels),
                generation_tokens=self._generation_tokens.labels(**labels),
                ended=lambda outcome: self.ended(model, outcome),
            )
        )

    def exposition(self) -> bytes:
        """The text of /metrics."""
        return generate_latest(self._registry)

    def ended(self, model: str, outcome: Outcome) -> None:
        """A request for `model` is over."""
        self._requests.labels(**self._labels(model), outcome=outcome).inc()

    def _gauges(self, admission: Admission, labels: tuple[str, ...], weights: str) -> None:
        own = self._labels(self._settings.served_model_name)

        def gauge(name: str, text: str, *further: str) -> Gauge:
            return Gauge(f"llmdeploy_{name}", text, (*labels, *further), registry=self._registry)

        gauge("requests_running", "Requests that generate now.").labels(**own).set_function(
            lambda: admission.running
        )
        gauge("requests_waiting", "Requests that wait for a slot.").labels(**own).set_function(
            lambda: admission.waiting
        )
        info = gauge("replica_info", "What this replica is; always 1.", "server", "weights")
        info.labels(**own, server=self._settings.fault.server, weights=weights).set(1)

    def _show_from_the_start(self, model: str) -> None:
        self.request(model)
        self._requests.labels(**self._labels(model), outcome="success")

    def _labels(self, model: str) -> dict[str, str]:
        return {"model": model, "replica": self._settings.replica, "region": self._settings.region}
