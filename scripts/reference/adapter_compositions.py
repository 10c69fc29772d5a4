"""Writes Tests/Fixtures/compositions: adapters of one base and what PEFT's add_weighted_adapter makes of them.

    python scripts/reference/adapter_compositions.py      (versions: requirements.txt)

DARE drops at random, which no two implementations do alike: its cases keep everything (density 1), where PEFT drops
nothing and what is left of the method is compared.
"""

import importlib.metadata
import json
import pathlib
import shutil
import tempfile
import warnings

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures"
BASE = ROOT / "llama-tiny/base"
FIXTURES = ROOT / "compositions"
SEED = 20261130
ADAPTERS = {
    "a": {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"]},
    "b": {"r": 4, "lora_alpha": 16, "target_modules": ["q_proj", "k_proj"]},
    "c": {"r": 2, "lora_alpha": 4, "target_modules": ["v_proj", "q_proj"], "use_rslora": True},
}
CASES = [
    {"method": "linear", "adapters": ["a", "b"], "weights": [0.7, 0.3]},
    {"method": "linear", "adapters": ["a", "b"], "weights": [1.0, -0.5]},
    {"method": "cat", "adapters": ["a", "b", "c"], "weights": [1.0, 0.5, -2.0]},
    {"method": "svd", "adapters": ["a", "b", "c"], "weights": [1.0, 0.5, 2.0]},
    {"method": "svd", "adapters": ["a", "b"], "weights": [0.5, 0.5], "svd_rank": 3},
    {"method": "ties", "adapters": ["a", "b"], "weights": [0.7, 0.6], "density": 0.5},
    {"method": "ties", "adapters": ["a", "b"], "weights": [0.7, 0.6], "density": 0.3,
     "majority_sign_method": "frequency"},
    {"method": "ties_svd", "adapters": ["a", "b", "c"], "weights": [1.0, 0.8, 0.5], "density": 0.4},
    {"method": "magnitude_prune", "adapters": ["a", "b"], "weights": [0.7, 0.6], "density": 0.5},
    {"method": "magnitude_prune_svd", "adapters": ["a", "c"], "weights": [0.7, 0.6], "density": 0.5, "svd_rank": 6},
    {"method": "dare_linear", "adapters": ["a", "b"], "weights": [0.7, 0.6], "density": 1.0},
    {"method": "dare_ties", "adapters": ["a", "b"], "weights": [0.7, 0.6], "density": 1.0},
    {"method": "dare_linear_svd", "adapters": ["a", "c"], "weights": [0.7, 0.6], "density": 1.0},
    {"method": "dare_ties_svd", "adapters": ["a", "c"], "weights": [0.7, 0.6], "density": 1.0},
]


def adapted():
    """The base with the three adapters, none of which does nothing."""
    torch.manual_seed(SEED)
    network = AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32)
    network = get_peft_model(network, LoraConfig(task_type="CAUSAL_LM", **ADAPTERS["a"]), adapter_name="a")
    for name in ("b", "c"):
        network.add_adapter(name, LoraConfig(task_type="CAUSAL_LM", **ADAPTERS[name]))
    for name, parameter in network.named_parameters():
        if "lora_B" in name:
            parameter.data.normal_(0, 0.1)
    return network


def save(network, name, folder):
    """The files of one adapter, of the base nothing but its name."""
    with tempfile.TemporaryDirectory() as scratch:
        network.save_pretrained(scratch, selected_adapters=[name])
        written = pathlib.Path(scratch) / name
        folder.mkdir(parents=True)
        config = json.loads((written / "adapter_config.json").read_text())
        config["base_model_name_or_path"] = "llama-tiny"
        config["target_modules"] = sorted(config["target_modules"])
        (folder / "adapter_config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
        save_file(load_file(written / "adapter_model.safetensors"), folder / "adapter_model.safetensors", {"format": "pt"})
        (folder / "adapter_model.safetensors").chmod(0o644)


def compose(network, index, case):
    name = f"case{index}"
    options = {key: value for key, value in case.items() if key not in ("method", "adapters", "weights")}
    network.add_weighted_adapter(
        case["adapters"], case["weights"], name, combination_type=case["method"], **options)
    tensors = {}
    for module, layer in network.named_modules():
        if hasattr(layer, "lora_A") and name in layer.lora_A:
            key = module.removeprefix("base_model.model.")
            tensors[f"{index}.{key}.A"] = layer.lora_A[name].weight.detach().contiguous()
            tensors[f"{index}.{key}.B"] = layer.lora_B[name].weight.detach().contiguous()
    assert tensors
    return tensors


PROVENANCE = """# Adapters of one base and what PEFT's add_weighted_adapter makes of them

Written by `scripts/reference/adapter_compositions.py` with seed {seed}: torch {torch}, transformers {transformers}, peft
{peft}, on `llama-tiny/base`.

| file | holds |
|---|---|
| `a`, `b`, `c` | three adapters, as PEFT saves them |
| `cases.json` | what is composed of which, how, and with which weights |
| `composed.safetensors` | `CASE.MODULE.A` and `.B`: the composed adapter's matrices, whose product is the update |
"""


def main():
    warnings.simplefilter("ignore")
    shutil.rmtree(FIXTURES, ignore_errors=True)
    network = adapted()
    for name in ADAPTERS:
        save(network, name, FIXTURES / name)
    tensors = {}
    for index, case in enumerate(CASES):
        tensors |= compose(network, index, case)
    save_file(tensors, FIXTURES / "composed.safetensors")
    (FIXTURES / "composed.safetensors").chmod(0o644)
    (FIXTURES / "cases.json").write_text(json.dumps(CASES, indent=1) + "\n")
    version = importlib.metadata.version
    (FIXTURES / "PROVENANCE.md").write_text(PROVENANCE.format(
        seed=SEED, torch=version("torch"), transformers=version("transformers"), peft=version("peft")))


if __name__ == "__main__":
    main()
