"""Rules about number formats: which framework runs which, on which GPU."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.catalog.frameworks import QuantizationSupport, quantization_support
from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.rules.capability import any_of, fits, servers_that_can
from llmdeploy.serving.rules.features import server_of, shown_server
from llmdeploy.serving.rules.hardware import gpus_named
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.quantization import Quantization

QUANTIZED = ("fp8", "int8", "int4")
BF16_COMPUTE_CAPABILITY = 80
"""NVIDIA: bfloat16 begins with Ampere."""


def quantization_is_supported(spec: ServingSpec) -> Iterator[RuleProblem]:
    """The framework runs such weights, made by such a method."""
    wanted = _quantized(spec)
    if wanted is None:
        return
    supported = quantization_support(server_of(spec))
    name = shown_server(server_of(spec))
    of_weights = [row.method for row in supported if row.weights == wanted.weights]
    if not of_weights:
        formats = dict.fromkeys(row.weights for row in supported)
        yield RuleProblem(
            ("quantization", "weights"),
            f"{name} does not run {wanted.weights}",
            f"use one of {', '.join((*formats, 'bf16', 'fp16'))}{_or_framework(spec)}",
        )
    elif wanted.method is not None and wanted.method not in of_weights:
        yield RuleProblem(
            ("quantization", "method"),
            f"{name} does not run {wanted.weights} made by {wanted.method}",
            f"use one of {', '.join(of_weights)}{_or_framework(spec)}",
        )


def method_belongs_to_quantized_weights(spec: ServingSpec) -> Iterator[RuleProblem]:
    """16-bit weights were made by no method."""
    wanted = spec.quantization
    if wanted and wanted.method is not None and wanted.weights not in QUANTIZED:
        yield RuleProblem(
            ("quantization", "method"),
            f"{wanted.weights} weights are not quantized",
            f"leave it out, or use weights: {', '.join(QUANTIZED)}",
        )


def gpu_computes_the_format(spec: ServingSpec) -> Iterator[RuleProblem]:
    """The GPU is new enough for the weights, with at least one method that fits."""
    wanted = _quantized(spec)
    for path, name in gpus_named(spec):
        gpu = gpus().get(name)
        if gpu is None:
            continue
        bf16 = spec.quantization is not None and spec.quantization.weights == "bf16"
        if bf16 and gpu.compute_capability < BF16_COMPUTE_CAPABILITY:
            yield RuleProblem(path, f"{name} does not compute bf16", "use weights: fp16, or a newer GPU")
        rows = _ways(spec, wanted) if wanted else []
        if wanted and rows and not any(fits(row, gpu) for row in rows):
            fitting = [other for other, facts in gpus().items() if any(fits(row, facts) for row in rows)]
            yield RuleProblem(
                path,
                f"{shown_server(server_of(spec))} does not run {wanted.weights} on {name}",
                f"use one of {', '.join(fitting)}, or other weights",
            )


def _or_framework(spec: ServingSpec) -> str:
    others = servers_that_can(spec)
    return f", or framework {any_of(others)}" if others else ""


def _quantized(spec: ServingSpec) -> Quantization | None:
    wanted = spec.quantization
    return wanted if wanted and wanted.weights in QUANTIZED and spec.framework.name != "custom" else None


def _ways(spec: ServingSpec, wanted: Quantization) -> list[QuantizationSupport]:
    return [
        row
        for row in quantization_support(server_of(spec))
        if row.weights == wanted.weights and wanted.method in (None, row.method)
    ]
