"""Writes the bottleneck adapters of Tests/Fixtures/methods, and what PyTorch computes with them.

usage: python scripts/reference/bottleneck.py [FOLDER …]      (versions: requirements.txt; a few seconds)

PEFT has no such adapters. Here they are modules of a few lines behind transformers' own, by the formula of Houlsby et al.
(https://arxiv.org/abs/1902.00751), in the files that docs/methods.md describes; the values are those of adapter_methods.py.
"""

import json
import shutil
import sys

import torch
from safetensors.torch import save_file
from transformers.utils import logging

from adapter_methods import FOLDER, SEED, base_of, finish
from tiny import batches, training

# folder: (base, variant, reduction_factor, (module that gives a sublayer's output, the projection that ends it) of each
# layer, attention's first)
CASES = {
    "bottleneck": ("llama-tiny", "houlsby", 8, [("self_attn.o_proj",) * 2, ("mlp.down_proj",) * 2]),
    # Attention and the feed-forward layer side by side.
    "bottleneck-neox": ("families/gpt_neox", "houlsby", 4, [("attention.dense",) * 2, ("mlp.dense_4h_to_h",) * 2]),
    # What a sublayer gives is normalised before it is added.
    "bottleneck-gemma2": ("families/gemma2", "houlsby", 4, [
        ("post_attention_layernorm", "self_attn.o_proj"), ("post_feedforward_layernorm", "mlp.down_proj")]),
    "bottleneck-pfeiffer": ("families/opt", "pfeiffer", 4, [("fc2",) * 2]),
}


class Bottleneck(torch.nn.Module):
    def __init__(self, width, narrow, activation):
        super().__init__()
        self.down = torch.nn.Linear(width, narrow)
        self.up = torch.nn.Linear(narrow, width)
        self.activation = activation

    def forward(self, module, inputs, output):
        return output + self.up(self.activation(self.down(output)))


def attach(model, variant, factor, places):
    """{the tensors' names in the file: parameter}"""
    activation = {"houlsby": torch.nn.functional.gelu, "pfeiffer": torch.nn.functional.relu}[variant]
    width = model.config.hidden_size
    stacks = [name for name, module in model.named_modules() if isinstance(module, torch.nn.ModuleList)]
    parameters = {}
    for layer in range(model.config.num_hidden_layers):
        for output, projection in places:
            path = f"{stacks[0]}.{layer}"
            adapter = Bottleneck(width, width // factor, activation)
            model.get_submodule(f"{path}.{output}").register_forward_hook(adapter)
            for part in ("down", "up"):
                for kind in ("weight", "bias"):
                    name = f"base_model.model.{path}.{projection}.bottleneck_{part}.{kind}"
                    parameters[name] = getattr(getattr(adapter, part), kind)
    return parameters


def disturb(parameters):
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for _, parameter in sorted(parameters.items()):
            parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator))


def train(model, parameters, steps):
    """With weight decay on weights alone, as transformers' Trainer groups them."""
    settings = dict(training.OPTIMIZER)
    decay = settings.pop("weight_decay")
    groups = [
        {"params": [value for name, value in parameters.items() if name.endswith("bias") == is_bias],
         "weight_decay": 0.0 if is_bias else decay} for is_bias in (False, True)]
    optimizer = torch.optim.AdamW(groups, **settings)
    schedule = training.get_linear_schedule_with_warmup(optimizer, training.WARMUP_STEPS, len(steps))
    losses = []
    for batch in steps:
        optimizer.zero_grad(set_to_none=True)
        loss = batches.mean_loss(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(parameters.values()), training.MAX_GRAD_NORM)
        losses.append(loss.item())
        optimizer.step()
        schedule.step()
    return losses


def write(name, base, variant, factor, places):
    folder = FOLDER / name
    folder.mkdir(parents=True)
    model, rows, steps = base_of(base)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    parameters = attach(model, variant, factor, places)
    disturb(parameters)
    config = {"base_model_name_or_path": base, "inference_mode": True, "modules_to_save": None,
              "peft_type": "LORAD_BOTTLENECK", "reduction_factor": factor, "task_type": "CAUSAL_LM", "variant": variant}
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n")
    save_file({key: value.detach().clone() for key, value in parameters.items()}, folder / "adapter_model.safetensors",
              metadata={"format": "pt"})
    tensors = {}
    with torch.no_grad():
        tensors["logits"] = batches.logits(model, rows)
    batches.mean_loss(model, rows).backward()
    for key, parameter in parameters.items():
        tensors[f"gradient.{key}"] = parameter.grad.clone()
    finish(name, base, tensors, train(model, parameters, steps))


def main():
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name in sys.argv[1:] or CASES:
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        write(name, *CASES[name])
        for path in (FOLDER / name).glob("*.safetensors"):
            path.chmod(0o644)


main()
