"""Whether the checkpoint holds the number format that the spec asks for, or its server can make it."""

from __future__ import annotations

from llmdeploy.serving.catalog.frameworks import quantization_support
from llmdeploy.serving.frameworks.from_spec import LOADING_METHODS
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.rules.capability import able_servers, any_of
from llmdeploy.serving.rules.features import server_of, shown_server
from llmdeploy.serving.spec.quantization import Quantization

HOLDS = {
    **dict.fromkeys(("bf16", "fp16"), "16-bit"),
    **dict.fromkeys(("fp8", "fp8-block"), "fp8"),
    "int8": "int8",
    **dict.fromkeys(("awq", "gptq", "w4a16", "nf4"), "int4"),
    **dict.fromkeys(("nvfp4", "mxfp4"), "fp4"),
}
"""What a spec calls the formats of checkpoints (`Architecture.native`); GGUF's are of no such kind."""
MADE_BY = {"awq": "awq", "gptq": "gptq", "w4a16": "compressed-tensors", "nf4": "bitsandbytes"}
"""The method of the formats of four bits, each of which a server reads in a way of its own."""


def check_checkpoint(draft: Draft) -> Draft:
    """Refuse a format that is neither in the checkpoint nor made while it loads."""
    wanted, architecture = draft.spec.quantization, draft.architecture
    held = HOLDS.get(architecture.native) if architecture is not None else None
    if wanted is None or wanted.weights == "none" or held is None or architecture is None:
        return draft
    if held == "16-bit":
        return draft if wanted.weights in ("bf16", "fp16") else _check_made(draft, wanted)
    if wanted.weights != held:
        return draft.refused(
            ("quantization", "weights"),
            f"{wanted.weights} is asked for, and {draft.spec.model.id} holds {held} weights",
            "leave it out: a quantized checkpoint is served as it is; or name another checkpoint",
        )
    made_by = MADE_BY.get(architecture.native)
    if made_by is not None and wanted.method not in (None, made_by):
        return draft.refused(
            ("quantization", "method"),
            f"{draft.spec.model.id} was made by {made_by}, not by {wanted.method}",
            f"leave it out, or use method: {made_by}",
        )
    return draft


def _check_made(draft: Draft, wanted: Quantization) -> Draft:
    spec = draft.spec
    if _makes(server_of(spec), wanted.weights, wanted.method):
        return draft
    made = f"{wanted.weights} by {wanted.method}" if wanted.method else wanted.weights
    able = (one for one in able_servers(spec) if _makes(one, wanted.weights, wanted.method))
    others = tuple(shown_server(server) for server in able)
    return draft.refused(
        ("quantization", "method" if wanted.method else "weights"),
        f"{shown_server(server_of(spec))} makes no {made} while it loads, "
        f"and {spec.model.id} is a 16-bit checkpoint",
        f"name a checkpoint in {wanted.weights}{_or_another_way(draft, others)}",
    )


def _or_another_way(draft: Draft, others: tuple[str, ...]) -> str:
    made = {
        way.weights for way in quantization_support(server_of(draft.spec)) if way.method in LOADING_METHODS
    }
    formats = f", or use weights: {' or '.join(sorted(made))} without a method" if made else ""
    return f"{formats}{f', or framework {any_of(others)}' if others else ''}"


def _makes(server: str, weights: str, method: str | None) -> bool:
    """Whether a server quantizes 16-bit weights in this way while it loads them."""
    return any(
        way.weights == weights and way.method in LOADING_METHODS and method in (None, way.method)
        for way in quantization_support(server)
    )
