"""Writes Tests/Fixtures/methods: an adapter of each method that PEFT has beside plain LoRA, and what PEFT computes with it.

usage: python scripts/reference/adapter_methods.py      (versions: requirements.txt; about ten seconds)

One folder a case: PEFT's two files, and reference.safetensors with the logits of the base's rows, those of PEFT's own
merge, the gradients of every tensor on those rows, and reference.json with the losses of ten AdamW steps. Bases are
Tests/Fixtures/llama-tiny/base and folders of Tests/Fixtures/families. On another machine floats may differ in their last
bits.
"""

import copy
import json
import shutil
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
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
}


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
            else:
                parameter.mul_(1 + 0.1 * noise)


def train(adapted, parameters, steps):
    optimizer = torch.optim.AdamW(parameters, **training.OPTIMIZER)
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
    losses = train(adapted, list(parameters.values()), steps)
    save_file({key: value.detach().float().contiguous() for key, value in tensors.items()},
              folder / "reference.safetensors", metadata={"format": "pt"})
    (folder / "reference.json").write_text(json.dumps({"base": base, "losses": losses}) + "\n")
    difference = (tensors["logits"] - tensors["merged_logits"]).abs().max().item()
    print(f"{name}: {len(parameters)} tensors, losses {losses[0]:.4f} to {losses[-1]:.4f}, merge {difference:.1e}")
    assert difference < 1e-3, name


def main():
    warnings.simplefilter("ignore")
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name, (base, config) in CASES.items():
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        write(name, base, config)
    for path in FOLDER.rglob("*.safetensors"):
        path.chmod(0o644)


main()
