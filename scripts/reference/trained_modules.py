"""Writes Tests/Fixtures/trained-modules: LoRA beside modules and biases that are trained whole, made by PEFT.

usage: python scripts/reference/trained_modules.py [CASE…]      (versions: requirements.txt)

The bases and their rows are those of Tests/Fixtures/families. A case's folder holds the adapter as PEFT saves it, in
`reference.safetensors` the logits of the rows with it, those of PEFT's merge and the gradient of the mean loss in every
tensor, and in `reference.json` the base and the losses of ten AdamW steps. The same versions on the same machine give the
same bytes.
"""

import copy
import json
import shutil
import sys

import torch
from peft import BeftConfig, LoraConfig, get_peft_model
from safetensors.torch import save_file

from peft_adapters import FIXTURES, base_and_rows, batches, be_quiet_and_deterministic, gradients, losses, save

FOLDER = FIXTURES / "trained-modules"
SEED, LEARNING_RATE = 20261130, 2e-3
# name: (base, settings of LoraConfig)
CASES = {
    "head": ("mistral", dict(target_modules=["q_proj", "v_proj"], modules_to_save=["lm_head"])),
    "tables": ("mistral", dict(target_modules=["q_proj"], modules_to_save=["model.embed_tokens", "lm_head"])),
    # A head that transformers 5 calls otherwise than checkpoints do.
    "neox-head": ("gpt_neox", dict(target_modules=["query_key_value"], modules_to_save=["lm_head"])),
    # A layer's part, with projections that are targets elsewhere, and norms of every layer.
    "parts": ("llama-biases", dict(target_modules=["q_proj", "up_proj"],
                                   modules_to_save=["model.layers.1.mlp", "input_layernorm"])),
    # Weights that are stored transposed, and learned positions.
    "conv1d": ("gpt2", dict(target_modules=["c_attn"], modules_to_save=["ln_1", "h.1.mlp", "wpe"])),
    # Norms that are stored as w - 1.
    "norms": ("gemma3", dict(target_modules=["v_proj"], modules_to_save=["q_norm", "model.norm"])),
    # Of biases alone: those of projections as BEFT has them, and those of norms, whose weights are frozen.
    "bitfit-norms": ("gpt_neox", dict(
        peft_type="BEFT", target_modules=["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"],
        modules_to_save=[f"gpt_neox.layers.{layer}.{norm}" for layer in range(2)
                         for norm in ("input_layernorm", "post_attention_layernorm")] + ["gpt_neox.final_layer_norm"])),
    "bias-all": ("gpt2", dict(target_modules=["c_attn"], bias="all")),
    "bias-lora-only": ("llama-biases", dict(target_modules=["q_proj", "down_proj"], bias="lora_only")),
}


def saved_name(name):
    return name.replace(".default", "").replace(".modules_to_save", "")


def trained(adapted):
    """{the name that PEFT saves it under: parameter}."""
    return {saved_name(n): p for n, p in adapted.named_parameters() if p.requires_grad}


def attach(base, settings):
    settings = copy.deepcopy(settings)
    trains_biases_alone = settings.pop("peft_type", None) == "BEFT"
    if trains_biases_alone:
        configuration = BeftConfig(task_type="CAUSAL_LM", **settings)
    else:
        configuration = LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, task_type="CAUSAL_LM", **settings)
    adapted = get_peft_model(copy.deepcopy(base), configuration)
    if trains_biases_alone:
        for name, parameter in adapted.named_parameters():
            parameter.requires_grad_(parameter.requires_grad and name.endswith(("beft_bias.default", ".bias")))
    adapted.peft_config["default"].base_model_name_or_path = "tiny"
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, parameter in sorted(trained(adapted).items()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "lora_" in name:
                parameter.copy_((0.1 if "lora_B" in name else 0.5 / parameter.shape[1] ** 0.5) * noise)
            else:
                parameter.add_(0.1 * noise)
    return adapted.eval()


def write(name):
    base_name, settings = CASES[name]
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    base, reference = base_and_rows(base_name)
    adapted = attach(base, settings)
    save(adapted, folder)
    tensors = {}
    with torch.no_grad():
        tensors["logits"] = batches.logits(adapted, reference["rows"])
        tensors["merged_logits"] = batches.logits(copy.deepcopy(adapted).merge_and_unload(), reference["rows"])
    tensors |= gradients(adapted, trained(adapted), reference["rows"])
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "reference.safetensors")
    parameters = list(trained(adapted).values())
    found = losses(adapted, parameters, reference["batches"], LEARNING_RATE)
    document = {"base": base_name, "learning_rate": LEARNING_RATE, "losses": found}
    (folder / "reference.json").write_text(json.dumps(document) + "\n", encoding="utf-8")
    for file in folder.glob("*.safetensors"):
        file.chmod(0o644)
    print(name, len(parameters), [round(loss, 4) for loss in found])


def main():
    be_quiet_and_deterministic()
    for name in sys.argv[1:] or CASES:
        write(name)


if __name__ == "__main__":
    main()
