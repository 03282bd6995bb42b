"""Where a spec names its quality gate."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from llmdeploy.serving.spec.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class Gate:
    """A quality gate with the place that names it.

    Args:
        spec_file: the file of the spec.
        line: of `rollout.eval.prompts` in it, from 1, as `column`.
        path: as errors name it; in an environment it begins with `environments`.
    """

    evaluation: Evaluation
    spec_file: str
    line: int
    column: int
    path: str

    @property
    def prompts_file(self) -> str:
        """The prompts, taken from the spec's folder."""
        return os.path.normpath(Path(self.spec_file).parent / Path(self.evaluation.prompts).expanduser())
