"""The judge of a rollout: is the new version as good as the one it stands beside? docs/judge.md says how."""

from llmdeploy.serving.rollout.criteria import Criteria, criteria_of
from llmdeploy.serving.rollout.evidence import Evidence, Verdict
from llmdeploy.serving.rollout.judge import judge
from llmdeploy.serving.rollout.latencies import Buckets, Samples
from llmdeploy.serving.rollout.window import Slice, Window

__all__ = ["Buckets", "Criteria", "Evidence", "Samples", "Slice", "Verdict", "Window", "criteria_of", "judge"]
