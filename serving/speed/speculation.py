"""What speculative decoding gains, as a range: it depends on how well the text can be guessed."""

from __future__ import annotations

from llmdeploy.serving.speed import constants
from llmdeploy.serving.speed.batch import Batching
from llmdeploy.serving.speed.request import Speculation, SpeedRequest
from llmdeploy.serving.speed.result import Range


def speedup(request: SpeedRequest, batching: Batching, running: float) -> Range | None:
    """How many times more tokens per second one stream gets; below 1 when guessing costs more than it gains.

    With k guesses, each right with chance a, a step yields (1 − a^(k+1)) / (1 − a) tokens (Leviathan et al.
    2023, equation 1) and takes the time to check k + 1 tokens and to make k guesses.
    """
    chosen = request.speculation
    if chosen is None:
        return None
    context = batching.inputs + batching.outputs / 2
    plain = batching.steps.seconds(running, context, 0.0, 0.0)
    checked = batching.steps.seconds(running, context, 0.0, 0.0, chosen.tokens)
    cost = checked / plain + chosen.tokens * _guess_share(request, chosen)
    low, high = (_tokens(chance, chosen.tokens) / cost for chance in constants.ACCEPTANCE[chosen.method])
    return Range(low, high)


def _tokens(chance: float, guesses: int) -> float:
    return float((1 - chance ** (guesses + 1)) / (1 - chance))


def _guess_share(request: SpeedRequest, chosen: Speculation) -> float:
    if not chosen.draft_parameters:
        return constants.DRAFT_SHARE[chosen.method]
    return chosen.draft_parameters / request.replica.architecture.active_parameters
