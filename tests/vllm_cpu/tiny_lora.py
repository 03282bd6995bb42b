"""Writes a random LoRA adapter for the tiny Llama: `tiny_lora.py FOLDER RANK`, with the Python of vLLM."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

HIDDEN, LAYERS = 128, 2


def main(folder: Path, rank: int) -> None:
    """Strong enough to change every answer."""
    folder.mkdir(parents=True)
    config = {"peft_type": "LORA", "r": rank, "lora_alpha": 64 * rank, "target_modules": ["q_proj", "o_proj"]}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    torch.manual_seed(len(folder.name))
    tensors = {}
    for layer in range(LAYERS):
        for module in config["target_modules"]:
            name = f"base_model.model.model.layers.{layer}.self_attn.{module}"
            tensors[f"{name}.lora_A.weight"] = torch.randn(rank, HIDDEN)
            tensors[f"{name}.lora_B.weight"] = torch.randn(HIDDEN, rank)
    save_file(tensors, folder / "adapter_model.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
