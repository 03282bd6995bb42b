"""The end of `up`: a real answer through the gateway, and what to do next."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.cli.live.conversation import AnswerFailed, asking
from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.progress_json import print_line
from llmdeploy.cli.render.status import healthy_regions, serves

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.status import DeploymentFacts, DeploymentStatus

_PROMPT: Final = "Say hello."
# Enough to see that it answers; a longer answer would only be waited for. Tokens.
_LENGTH: Final = 8
_PATIENCE_S: Final = 30.0
_PAUSE_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The answer that shows the deployment to be up. Seconds."""

    region: str
    replica: str
    text: str
    seconds: float


def wait_until_ready(deployment: Deployment, result: Mapping[str, Any], spec: str, *, as_json: bool) -> None:
    """Ask the model one thing, then show where it answers and how to go on.

    Args:
        result: what `--json` tells beside the answer and the status.

    Raises:
        AnswerFailed: no answer came back.
    """
    from llmdeploy.infra.status import deployment_facts

    outputs = deployment.outputs(show_secrets=True)
    facts = deployment_facts(deployment.plan, deployment.run_dir, outputs)
    answer = _first_answer_within(_PATIENCE_S if facts.simulated else 0, facts)
    status = _status_within(_PATIENCE_S if facts.simulated else 0, facts)
    if as_json:
        told = {"answer": asdict(answer), "status": status.document()}
        print_line("result", {"ok": True, **result, **told})
        return
    out = console()
    out.print(f"✓ {answer.region} answered in {answer.seconds:.1f} s", style="green")
    out.print(f"{status.stack}: {healthy_regions(status)}, served by {serves(status)}")
    for problem in status.problems:
        out.print(f"! {problem}", style="yellow")
    out.print(f"endpoint {status.endpoint}", style="bold", soft_wrap=True)
    _show_next(f"{spec} --env {deployment.plan.environment}" if deployment.plan.environment else spec, out)


def _show_next(spec: str, out: Console) -> None:
    out.print("\nNext:")
    for line in (f'chat {spec} "Hello!"', f"key {spec}", f"status {spec}"):
        out.print(f"  llmdeploy {line}", soft_wrap=True)


def _status_within(seconds: float, facts: DeploymentFacts) -> DeploymentStatus:
    """The status, as soon as it is a healthy one: the first region answers before the checks of the last."""
    from llmdeploy.infra.status import deployment_status

    deadline = time.monotonic() + seconds
    while not (status := deployment_status(facts)).healthy and time.monotonic() < deadline:
        time.sleep(_PAUSE_S)
    return status


def _first_answer_within(seconds: float, facts: DeploymentFacts) -> FirstAnswer:
    """Load balancers send to nothing before their first checks have passed."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return _first_answer(facts.endpoint, facts.api_key, facts.model)
        except AnswerFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)


def _first_answer(endpoint: str, key: str | None, model: str) -> FirstAnswer:
    began = time.monotonic()
    with asking(endpoint, key, model, _PROMPT, max_tokens=_LENGTH) as answer:
        text = "".join(answer.pieces)
    return FirstAnswer(answer.region, answer.replica, text, time.monotonic() - began)
