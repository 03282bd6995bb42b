"""TensorRT-LLM in AWS's Large Model Inference image: its options, from the flags and file of trtllm-serve.

Options: deepjavalibrary/djl-serving at d21927c4, properties_manager/trt_properties.py and
serving/docs/lmi/user_guides (starting-guide, trt_llm_user_guide).
"""

from __future__ import annotations

from typing import Any

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.managed.flags import flags_of, without
from llmdeploy.serving.managed.sagemaker_prefixed import mounted

OPTIONS = {
    "max_seq_len": "OPTION_MAX_SEQ_LEN",
    "tp_size": "TENSOR_PARALLEL_DEGREE",
    "pp_size": "OPTION_PIPELINE_PARALLEL_SIZE",
    "ep_size": "OPTION_MOE_EXPERT_PARALLEL_SIZE",
    "max_batch_size": "OPTION_MAX_ROLLING_BATCH_SIZE",
    "max_num_tokens": "OPTION_MAX_NUM_TOKENS",
    "enable_chunked_prefill": "OPTION_ENABLE_CHUNKED_PREFILL",
    "trust_remote_code": "OPTION_TRUST_REMOTE_CODE",
    "dtype": "OPTION_DTYPE",
    "guided_decoding_backend": "OPTION_GUIDED_DECODING_BACKEND",
    "kv_cache_config.enable_block_reuse": "OPTION_ENABLE_BLOCK_REUSE",
    "kv_cache_config.free_gpu_memory_fraction": "OPTION_FREE_GPU_MEMORY_FRACTION",
    "kv_cache_config.dtype": "OPTION_KV_CACHE_DTYPE",
}
"""Flag or key of the file → variable."""
ITS_OWN = ("host", "port", "served_model_name", "hf_revision", "config")
"""LMI listens where SageMaker asks, answers to any name of a model, and has no file."""
METRICS = ("return_perf_metrics", "enable_iter_perf_stats")
"""Pages that nobody could read: SageMaker shows a container's `/invocations` and `/ping` alone."""
FIXED = {"OPTION_BACKEND": "pytorch"}
"""As trtllm-serve runs, so that nothing is compiled at the start."""


def lmi_environment(launch: Launch, model: str, revision: str | None) -> dict[str, str]:
    """The options, and the model.

    Raises:
        LlmdeployError: LMI has no option for what the spec asks for.
    """
    told = dict(FIXED)
    for name, value in _settings(launch).items():
        if name not in OPTIONS:
            raise LlmdeployError(
                f"TensorRT-LLM in SageMaker's LMI image cannot be told {name}",
                "leave it out, or use vllm or self-hosted",
            )
        told[OPTIONS[name]] = _text(value)
    told.setdefault("TENSOR_PARALLEL_DEGREE", "1")
    if "OPTION_MAX_SEQ_LEN" in told:
        # Its own default is 1,024 tokens, whatever the model could take.
        told["OPTION_MAX_INPUT_LEN"] = str(int(told["OPTION_MAX_SEQ_LEN"]) - 1)
    if mounted(model):
        return told
    return {**told, "HF_MODEL_ID": model, **({"HF_REVISION": revision} if revision else {})}


def _settings(launch: Launch) -> dict[str, Any]:
    import yaml

    settings: dict[str, Any] = {
        name: values[0] if values else True
        for name, values in without(flags_of(launch.command), *ITS_OWN).items()
    }
    for file in launch.files:
        settings |= _flat(yaml.safe_load(file.content))
    return {name: value for name, value in settings.items() if name not in METRICS}


def _flat(keys: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in keys.items():
        found |= _flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
