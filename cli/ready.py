"""The end of `up`: a real answer through the gateway, and what to do next."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.live.collect import Collector

from llmdeploy.cli.live.conversation import asking
from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.progress_json import print_line

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.runner.result import RunResult

_PROMPT: Final = "Say hello."
# Enough to see that it answers; a longer answer would only be waited for. Tokens.
_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The answer that shows the deployment to be up. Seconds."""

    region: str
    replica: str
    text: str
    seconds: float


def wait_until_ready(deployment: Deployment, result: RunResult, spec: str, *, as_json: bool) -> None:
    """Ask the model one thing, then show where it answers and how to go on.

    Raises:
        AnswerFailed: no answer came back.
    """
    outputs = deployment.outputs(show_secrets=True)
    answer = _first_answer(deployment, str(outputs["endpoint"]), outputs.get("api_key"))
    report = Collector(deployment.plan, deployment.run_dir, outputs).report()
    if as_json:
        print_line(
            "result", {"ok": True} | asdict(result) | {"answer": asdict(answer), "status": report.document()}
        )
        return
    out = console()
    healthy = sum(region.healthy for region in report.regions)
    out.print(f"✓ {answer.region} answered in {answer.seconds:.1f} s", style="green")
    out.print(
        f"{report.stack}: {healthy} of {len(report.regions)} regions healthy, served by {report.serves}"
    )
    out.print(f"endpoint {report.endpoint}/v1", style="bold", soft_wrap=True)
    out.print("\nNext:")
    environment = f" --env {deployment.plan.environment}" if deployment.plan.environment else ""
    for line in (
        f'chat {spec}{environment} "Hello!"',
        f"key {spec}{environment}",
        f"status {spec}{environment}",
    ):
        out.print(f"  llmdeploy {line}", soft_wrap=True)


def _first_answer(deployment: Deployment, endpoint: str, key: str | None) -> FirstAnswer:
    began = time.monotonic()
    model = deployment.plan.model.served_name
    with asking(endpoint, key, model, _PROMPT, max_tokens=_LENGTH) as answer:
        text = "".join(answer.pieces)
    return FirstAnswer(answer.region, answer.replica, text, time.monotonic() - began)
