"""The metrics of every engine, under one set of names."""

from llmdeploy.serving.metrics.histogram import Histogram, histogram_quantile
from llmdeploy.serving.metrics.normalise import EngineMetrics, normalise

__all__ = ["EngineMetrics", "Histogram", "histogram_quantile", "normalise"]
