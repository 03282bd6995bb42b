"""The quality gate: what a new version is asked, and whether its answers are good (docs/quality-gate.md)."""

from llmdeploy.serving.quality.answer import check_answer
from llmdeploy.serving.quality.case import Case, Result
from llmdeploy.serving.quality.gate import Gate
from llmdeploy.serving.quality.prompts_file import gate_problems, read_cases

__all__ = ["Case", "Gate", "Result", "check_answer", "gate_problems", "read_cases"]
