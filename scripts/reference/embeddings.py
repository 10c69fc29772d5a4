"""Writes Tests/Fixtures/embeddings: LoRA on an embedding beside projections, made by PEFT.

usage: python scripts/reference/embeddings.py [CASE…]      (versions: requirements.txt)

The bases and their rows are those of Tests/Fixtures/families. A case's folder holds the adapter as PEFT saves it, the base's
own table with it where PEFT does so, in `reference.safetensors` the logits of the rows with it, those of PEFT's merge and the
gradient of the mean loss in every tensor, and in `reference.json` the base and the losses of ten AdamW steps. The same
versions on the same machine give the same bytes.
`composed` has two adapters, and the embedding's update of what PEFT's `add_weighted_adapter` makes of them.

A head that is tied to the embedding reads the table, and PEFT's `merge_and_unload` adds the update to it: what is merged so
answers otherwise than the adapter. There the merge that is stored is of a base whose head was parted from the table before,
as PEFT's own warning advises, and `tied_merge_difference` says how far a logit of the other one lies from the adapter's.
"""

import copy
import json
import shutil
import sys

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from torch import nn

from peft_adapters import FIXTURES, base_and_rows, batches, be_quiet_and_deterministic, gradients, losses, save

FOLDER = FIXTURES / "embeddings"
SEED, LEARNING_RATE = 20261201, 2e-3
# name: (base, settings of LoraConfig)
CASES = {
    "untied": ("mistral", dict(target_modules=["q_proj", "v_proj", "embed_tokens"])),
    "tied": ("qwen2", dict(target_modules=["q_proj", "v_proj", "embed_tokens"])),
    "alone": ("gpt_neox", dict(target_modules=["embed_in"])),
    # The model multiplies every row by the root of its width.
    "scaled": ("gemma", dict(target_modules=["q_proj", "embed_tokens"], use_rslora=True)),
    # Weights that are stored transposed, learned positions behind the table, and a name that PEFT saves no table for.
    "conv1d": ("gpt2", dict(target_modules=["c_attn", "wte"])),
    # A token that trains nothing, rows narrower than the model, and settings of the embedding's own.
    "projected": ("opt-350m", dict(target_modules=["q_proj", "embed_tokens"], rank_pattern={"embed_tokens": 2},
                                   alpha_pattern={"embed_tokens": 3})),
}
# `add_weighted_adapter` of two adapters such as `untied`.
WEIGHTS = [0.7, -0.4]
COMPOSITIONS = {"cat": {}, "linear": {}, "svd": dict(svd_rank=3), "ties": dict(density=0.5)}


def trained(adapted):
    """{the name that PEFT saves it under: parameter}."""
    return {n.replace(".default", ""): p for n, p in adapted.named_parameters() if p.requires_grad}


def attach(base, settings, seed=SEED):
    adapted = get_peft_model(
        copy.deepcopy(base), LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, task_type="CAUSAL_LM",
                                        **copy.deepcopy(settings)))
    adapted.peft_config["default"].base_model_name_or_path = "tiny"
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(trained(adapted).items()):
            noise = torch.randn(parameter.shape, generator=generator)
            scale = 0.1 if "_B" in name else 0.5 if "embedding" in name else 0.5 / parameter.shape[1] ** 0.5
            parameter.copy_(scale * noise)
    return adapted.eval()


def parted(adapted):
    """A copy whose head has a weight of its own, with the table's values."""
    own = copy.deepcopy(adapted)
    model = own.get_base_model()
    head = model.get_output_embeddings()
    head.weight = nn.Parameter(head.weight.detach().clone())
    model.config.tie_word_embeddings = False
    return own


def write(name):
    base_name, settings = CASES[name]
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    base, reference = base_and_rows(base_name)
    adapted = attach(base, settings)
    save(adapted, folder)
    document = {"base": base_name, "learning_rate": LEARNING_RATE}
    tensors = {}
    with torch.no_grad():
        tensors["logits"] = batches.logits(adapted, reference["rows"])
        tensors["merged_logits"] = batches.logits(parted(adapted).merge_and_unload(), reference["rows"])
        if base.config.tie_word_embeddings:
            other = batches.logits(copy.deepcopy(adapted).merge_and_unload(), reference["rows"])
            document["tied_merge_difference"] = (other - tensors["logits"]).abs().max().item()
    tensors |= gradients(adapted, trained(adapted), reference["rows"])
    save_file({key: value.contiguous() for key, value in tensors.items()}, folder / "reference.safetensors")
    parameters = list(trained(adapted).values())
    document["losses"] = losses(adapted, parameters, reference["batches"], LEARNING_RATE)
    (folder / "reference.json").write_text(json.dumps(document) + "\n", encoding="utf-8")
    print(name, len(parameters), [round(loss, 4) for loss in document["losses"]],
          document.get("tied_merge_difference"))


def compose():
    """Two adapters of one base, and the embedding's update of what PEFT's add_weighted_adapter makes of them."""
    base_name, settings = CASES["untied"]
    base, _ = base_and_rows(base_name)
    folder = FOLDER / "composed"
    shutil.rmtree(folder, ignore_errors=True)
    for seed, name in enumerate(("a", "b")):
        save(attach(base, settings, SEED + 1 + seed), folder / name, save_embedding_layers=False)
    adapted = PeftModel.from_pretrained(copy.deepcopy(base), folder / "a", adapter_name="a")
    adapted.load_adapter(folder / "b", adapter_name="b")
    tensors = {}
    for method, options in COMPOSITIONS.items():
        adapted.add_weighted_adapter(["a", "b"], WEIGHTS, method, combination_type=method, **options)
        layer = adapted.get_base_model().get_input_embeddings()
        tensors[method] = layer.get_delta_weight(method).detach().contiguous()
    save_file(tensors, folder / "composed.safetensors")
    print("composed", {name: round(value.norm().item(), 4) for name, value in tensors.items()})


def main():
    be_quiet_and_deterministic()
    for name in sys.argv[1:] or [*CASES, "composed"]:
        compose() if name == "composed" else write(name)
    for file in FOLDER.rglob("*.safetensors"):
        file.chmod(0o644)


if __name__ == "__main__":
    main()
