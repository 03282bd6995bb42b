"""What has been seen of a canary while it warms up."""

from __future__ import annotations

from collections import Counter
from typing import Final

from llmdeploy.infra.rollout.ask import Answer
from llmdeploy.infra.rollout.target import CanaryTarget

ENOUGH: Final = 2
"""Answers of each replica: the first loads and captures what is done late, the second runs with it."""
ENOUGH_UNTOLD: Final = 8
"""Answers for each replica, with no error between, where they do not tell who gave them. A balancer that goes
round then has reached each eight times; one that draws by lot leaves one of eight out in two of a thousand
times: 8 × (7/8)^64."""
SHORTEST_LONG_WORDS: Final = 16
REFUSALS: Final = (401, 403, 404)
"""The key, or the model's name, is wrong: asking again does not mend it."""
MOST_REFUSALS: Final = 20
"""A gateway that is being changed may refuse for a moment."""


class Warmth:
    """Counts answers and errors.

    Args:
        target: whose replicas are warmed up.
        long_words: of the long prompt, at first.
    """

    def __init__(self, target: CanaryTarget, long_words: int) -> None:
        self._target = target
        self._after_long: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.last_error = ""
        self.under_way = 0
        self._streak = 0
        self.first_tokens_s: list[float] = []
        self.long_words = long_words

    def prompt(self, long: bool) -> str:
        """The same each time, so that the second one is found in the cache."""
        if not long:
            return "Say hello."
        return f"How many words are there? {' '.join(['word'] * self.long_words)}"

    def take(self, answer: Answer, long: bool) -> bool:
        """Count an answer. Returns whether it brought the canary nearer to being warm."""
        if answer.ok and not self._target.is_of(answer.replica, answer.revision):
            self._fail(f"answered by {answer.replica or 'no one knows whom'}", "")
            return False
        if not answer.ok:
            return self._shortened(answer, long) or self._fail(answer.kind, answer.error)
        new = not self._is_warm(answer.replica)
        self.answers[answer.replica] += 1
        self._after_long[answer.replica] += long
        self._streak += 1
        if answer.first_token_s is not None:
            self.first_tokens_s.append(answer.first_token_s)
        return new or not self.told_apart

    @property
    def told_apart(self) -> bool:
        """Whether each replica can be seen to answer. One name for several says nothing of any of them."""
        return self._target.names is not None or self._target.count <= 1 or len(self.answers) > 1

    @property
    def warm(self) -> int:
        """Replicas that are warm, as far as they are told apart."""
        return sum(self._is_warm(name) for name in self.answers)

    @property
    def whole(self) -> bool:
        """Whether every replica is warm."""
        if self.told_apart:
            return self.warm >= max(1, self._target.count)
        return self._streak >= ENOUGH_UNTOLD * self._target.count

    @property
    def missing(self) -> tuple[str, ...]:
        """Replicas that are not warm, where names are known."""
        return tuple(sorted(name for name in self._target.names or () if not self._is_warm(name)))

    @property
    def refused(self) -> bool:
        """Whether nothing but refusals came, often enough."""
        refusals = sum(self.errors[f"status {status}"] for status in REFUSALS)
        return not self.answers and refusals >= MOST_REFUSALS and refusals == self.errors.total()

    def _is_warm(self, name: str) -> bool:
        return self.answers[name] >= ENOUGH and self._after_long[name] >= 1

    def _shortened(self, answer: Answer, long: bool) -> bool:
        """Whether the prompt was too long for the context, and now is shorter."""
        if not long or answer.status not in (400, 413, 422) or self.long_words <= SHORTEST_LONG_WORDS:
            return False
        self.long_words //= 2
        return True

    def _fail(self, kind: str, error: str) -> bool:
        self.errors[kind] += 1
        self._streak = 0
        self.last_error = error or self.last_error
        return False
