"""The serving spec: what a user writes, one file a section. `ServingSpec` is the whole."""

from llmdeploy.serving.spec.serving_spec import ServingSpec

__all__ = ["ServingSpec"]
