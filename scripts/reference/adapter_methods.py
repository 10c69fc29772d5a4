"""Writes Tests/Fixtures/methods: an adapter of each method that PEFT has beside plain LoRA, and what PEFT computes with it.

usage: python scripts/reference/adapter_methods.py [FOLDER …]      (versions: requirements.txt; about ten seconds)

One folder a case: PEFT's two files, and reference.safetensors with the logits of the base's rows, those of PEFT's own
merge, the gradients of every tensor on those rows, and reference.json with the losses of ten AdamW steps. Bases are
Tests/Fixtures/llama-tiny/base and folders of Tests/Fixtures/families. On another machine floats may differ in their last
bits.
"""

import copy
import json
import shutil
import sys
import warnings
from pathlib import Path

import torch
from peft import BeftConfig, IA3Config, LoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from tiny import adapter, batches, training

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"
FOLDER = FIXTURES / "methods"
SEED = 20261129
STEPS = 10
LOW_RANK = dict(r=4, lora_alpha=8, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM")
# folder: (base, PEFT's configuration)
CASES = {
    "rslora": ("llama-tiny", LoraConfig(**LOW_RANK, use_rslora=True, target_modules=adapter.ALL_LINEAR)),
    "dora": ("llama-tiny", LoraConfig(**LOW_RANK, use_dora=True, target_modules=adapter.ALL_LINEAR)),
    "dora-rslora": ("llama-tiny", LoraConfig(**LOW_RANK, use_dora=True, use_rslora=True, rank_pattern={"v_proj": 2},
                                             target_modules=adapter.QUERY_VALUE)),
    "dora-gpt2": ("families/gpt2", LoraConfig(**LOW_RANK, use_dora=True, fan_in_fan_out=True,
                                              target_modules=["c_attn", "c_proj", "c_fc"])),
    "lora-patterns": ("llama-tiny", LoraConfig(**LOW_RANK, rank_pattern={"down_proj": 6, r"layers\.1\..*\.[qk]_proj": 2},
                                               alpha_pattern={"v_proj": 5.5}, target_modules=adapter.ALL_LINEAR,
                                               exclude_modules=["layers.0.mlp.up_proj", "gate_proj"])),
    "lora-layers": ("llama-tiny", LoraConfig(**LOW_RANK, layers_to_transform=[1], target_modules=adapter.ALL_LINEAR)),
    "lora-plus": ("llama-tiny", LoraConfig(**LOW_RANK, target_modules=adapter.ALL_LINEAR)),
    "dora-plus": ("llama-tiny", LoraConfig(**LOW_RANK, use_dora=True, target_modules=adapter.QUERY_VALUE)),
    "ia3": ("llama-tiny", IA3Config(target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"],
                                    task_type="CAUSAL_LM")),
    # Biases, and inputs that are scaled for one of several projections that share them.
    "ia3-biases": ("families/llama-biases", IA3Config(target_modules=adapter.ALL_LINEAR, task_type="CAUSAL_LM",
                                                      feedforward_modules=["k_proj", "up_proj", "down_proj"])),
    "ia3-gpt2": ("families/gpt2", IA3Config(target_modules=["c_attn", "mlp.c_proj"], feedforward_modules=["mlp.c_proj"],
                                            fan_in_fan_out=True, task_type="CAUSAL_LM")),
    "bitfit": ("families/llama-biases", BeftConfig(target_modules=adapter.ALL_LINEAR, task_type="CAUSAL_LM")),
    "bitfit-qwen2": ("families/qwen2", BeftConfig(target_modules=["q_proj", "k_proj", "v_proj"], task_type="CAUSAL_LM")),
}
# Of LoRA+: folder: the ratio of the rates.
RATIOS = {"lora-plus": 4.0, "dora-plus": 4.0}


def base_of(name):
    """(a fresh model, rows to compare, batches to train on)."""
    if name == "llama-tiny":
        rows = json.loads((FIXTURES / "llama-tiny/batch.json").read_text())
        steps = json.loads((FIXTURES / "llama-tiny/training.json").read_text())["batches"]
        folder = FIXTURES / "llama-tiny/base"
    else:
        reference = json.loads((FIXTURES / name / "reference.json").read_text())
        rows, steps, folder = reference["rows"], reference["batches"], FIXTURES / name
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    return model.eval(), rows, steps[:STEPS]


def trainable(adapted):
    """{PEFT's name in the file: parameter}."""
    by_storage = {parameter.data_ptr(): parameter for parameter in adapted.parameters() if parameter.requires_grad}
    return {name: by_storage[tensor.data_ptr()] for name, tensor in get_peft_model_state_dict(adapted).items()}


def disturb(parameters):
    """Values that training could have led to: B is not zero, magnitudes and factors are not what they began as."""
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, parameter in sorted(parameters.items()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "lora_A" in name:
                parameter.copy_(0.5 / parameter.shape[1] ** 0.5 * noise)
            elif "lora_B" in name:
                parameter.copy_(0.1 * noise)
            elif "beft_bias" in name:
                parameter.copy_(0.1 * noise)
            else:
                parameter.mul_(1 + 0.1 * noise)


def optimizer_of(adapted, parameters, ratio):
    if ratio is None:
        return torch.optim.AdamW(parameters, **training.OPTIMIZER)
    settings = dict(training.OPTIMIZER)
    decay = settings.pop("weight_decay")
    return create_loraplus_optimizer(adapted, torch.optim.AdamW, loraplus_lr_ratio=ratio, loraplus_weight_decay=decay,
                                     **settings)


def train(adapted, parameters, steps, ratio=None):
    optimizer = optimizer_of(adapted, parameters, ratio)
    schedule = training.get_linear_schedule_with_warmup(optimizer, training.WARMUP_STEPS, len(steps))
    losses = []
    for batch in steps:
        optimizer.zero_grad(set_to_none=True)
        loss = batches.mean_loss(adapted, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, training.MAX_GRAD_NORM)
        losses.append(loss.item())
        optimizer.step()
        schedule.step()
    return losses


def write(name, base, config):
    folder = FOLDER / name
    model, rows, steps = base_of(base)
    adapted = get_peft_model(model, copy.deepcopy(config)).eval()
    adapted.peft_config["default"].base_model_name_or_path = base
    parameters = trainable(adapted)
    disturb(parameters)
    # In training mode, where nothing is cached; nothing drops.
    adapted.train()
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink()
    tensors = {}
    with torch.no_grad():
        tensors["logits"] = batches.logits(adapted, rows)
    batches.mean_loss(adapted, rows).backward()
    for key, parameter in parameters.items():
        tensors[f"gradient.{key}"] = parameter.grad.clone()
    with torch.no_grad():
        tensors["merged_logits"] = batches.logits(copy.deepcopy(adapted).merge_and_unload().eval(), rows)
    losses = train(adapted, list(parameters.values()), steps, RATIOS.get(name))
    save_file({key: value.detach().float().contiguous() for key, value in tensors.items()},
              folder / "reference.safetensors", metadata={"format": "pt"})
    document = {"base": base, "losses": losses} | ({"lora_plus_ratio": RATIOS[name]} if name in RATIOS else {})
    (folder / "reference.json").write_text(json.dumps(document) + "\n")
    difference = (tensors["logits"] - tensors["merged_logits"]).abs().max().item()
    print(f"{name}: {len(parameters)} tensors, losses {losses[0]:.4f} to {losses[-1]:.4f}, merge {difference:.1e}")
    assert difference < 1e-3, name


def main():
    warnings.simplefilter("ignore")
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name in sys.argv[1:] or CASES:
        base, config = CASES[name]
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        write(name, base, config)
    for path in FOLDER.rglob("*.safetensors"):
        path.chmod(0o644)


main()
