"""Writes Tests/Fixtures/beginnings: LoRA that begins as a part of the base's weights, and what PEFT computes with it.

usage: python scripts/reference/lora_beginnings.py      (versions: requirements.txt; about ten seconds)

One folder a case: the adapter after ten AdamW steps as PEFT converts it to plain LoRA for the unchanged base, and
reference.safetensors with what it began as, `initial.MODULE` (the factor times B and A: their signs are nobody's), and the
logits after training; reference.json has the losses and the configuration. On another machine floats may differ in their
last bits.
"""

import copy
import json
import shutil
import tempfile
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from tiny import adapter, batches, training

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"
FOLDER = FIXTURES / "beginnings"
STEPS = 10
LOW_RANK = dict(r=4, lora_alpha=8, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM")
# folder: (base, PEFT's configuration)
CASES = {
    "pissa": ("llama-tiny", LoraConfig(**LOW_RANK, init_lora_weights="pissa", target_modules=adapter.ALL_LINEAR)),
    "pissa-rslora": ("llama-tiny", LoraConfig(**LOW_RANK, init_lora_weights="pissa", use_rslora=True,
                                              target_modules=adapter.QUERY_VALUE)),
    "pissa-gpt2": ("families/gpt2", LoraConfig(**LOW_RANK, init_lora_weights="pissa", fan_in_fan_out=True,
                                               target_modules=["c_attn", "c_proj", "c_fc"])),
    "olora": ("llama-tiny", LoraConfig(**LOW_RANK, init_lora_weights="olora", target_modules=adapter.ALL_LINEAR)),
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


def initial(adapted):
    """{module: the factor times B and A}."""
    found = {}
    for name, module in adapted.named_modules():
        if hasattr(module, "lora_A") and "default" in module.lora_A:
            product = module.lora_B["default"].weight @ module.lora_A["default"].weight
            found[name.removeprefix("base_model.model.")] = module.scaling["default"] * product.detach()
    return found


def train(adapted, steps):
    parameters = [parameter for parameter in adapted.parameters() if parameter.requires_grad]
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
    beginning = config.init_lora_weights
    adapted = get_peft_model(model, copy.deepcopy(config)).train()
    adapted.peft_config["default"].base_model_name_or_path = base
    tensors = {f"initial.{module}": value for module, value in initial(adapted).items()}
    with tempfile.TemporaryDirectory() as scratch:
        begun = Path(scratch) / "begun"
        adapted.peft_config["default"].init_lora_weights = True
        adapted.save_pretrained(begun)
        adapted.peft_config["default"].init_lora_weights = beginning
        losses = train(adapted, steps)
        with torch.no_grad():
            tensors["logits"] = batches.logits(adapted, rows)
        adapted.save_pretrained(folder, path_initial_model_for_weight_conversion=str(begun))
    (folder / "README.md").unlink()
    for rest in folder.iterdir():
        if rest.is_dir():
            shutil.rmtree(rest)
    save_file({key: value.detach().float().contiguous() for key, value in tensors.items()},
              folder / "reference.safetensors", metadata={"format": "pt"})
    targets = sorted(config.target_modules)
    document = {"base": base, "losses": losses, "init": beginning, "targets": targets, "use_rslora": config.use_rslora}
    (folder / "reference.json").write_text(json.dumps(document) + "\n")
    print(f"{name}: losses {losses[0]:.4f} to {losses[-1]:.4f}")


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
