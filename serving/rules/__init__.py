"""Relations between the fields of a spec, one function each."""

from __future__ import annotations

from llmdeploy.serving.rules import (
    args,
    capability,
    framework,
    hardware,
    model,
    parallel,
    quantization,
    regions,
    rollout,
    routing,
    scaling,
    warnings,
)
from llmdeploy.serving.rules.problem import Rule, RuleProblem

__all__ = ["RULES", "WARNINGS", "Rule", "RuleProblem"]

RULES: tuple[Rule, ...] = (
    regions.regions_are_distinct,
    regions.regions_exist,
    regions.local_and_cloud_do_not_mix,
    model.revision_is_of_the_hub,
    model.folders_are_local,
    model.adapters_are_distinct,
    model.changing_adapters_have_plain_names,
    model.changing_adapters_have_room,
    model.adapter_ranks_fit,
    model.speculative_model_is_given_when_needed,
    framework.custom_has_a_command,
    framework.command_is_for_custom,
    framework.custom_takes_nothing_else,
    framework.custom_is_local,
    framework.backend_is_of_triton,
    framework.triton_serves_a_folder,
    args.args_leave_to_llmdeploy_what_is_its_own,
    args.args_are_flags_of_the_version,
    capability.features_are_supported,
    capability.features_go_together,
    capability.features_fit_the_gpu,
    quantization.quantization_is_supported,
    quantization.method_belongs_to_quantized_weights,
    quantization.gpu_computes_the_format,
    hardware.gpu_is_known,
    parallel.parallel_uses_every_gpu,
    parallel.batch_tokens_are_enough,
    hardware.gpu_is_offered,
    hardware.replicas_without_gpu_are_local,
    hardware.spot_is_not_local,
    hardware.managed_is_in_a_cloud,
    hardware.sagemaker_is_on_demand,
    scaling.scaling_has_room,
    scaling.scaling_to_zero_is_managed,
    scaling.scaling_target_has_metric,
    routing.weights_belong_to_policy_weighted,
    routing.weights_are_complete,
    routing.failover_has_somewhere_to_go,
    routing.residency_names_regions,
    rollout.rollout_order_names_regions,
    rollout.rollout_steps_rise_to_100,
    rollout.rollout_steps_are_of_shares,
    rollout.surge_leaves_room_for_two_versions,
    rollout.evaluation_has_its_judge,
    rollout.evaluation_key_is_sent_in_secret,
)
"""A spec is valid when none of these finds anything."""

WARNINGS: tuple[Rule, ...] = (
    warnings.framework_is_maintained,
    warnings.version_is_known,
    capability.features_have_no_catch,
    capability.features_are_tested_together,
    warnings.revision_is_pinned,
    warnings.local_gpus_are_what_is_there,
    warnings.traffic_is_authenticated,
)
"""Shown by validate, plan and preview; they stop nothing."""
