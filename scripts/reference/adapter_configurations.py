"""What PEFT makes of adapter_config.json's keys, and Python's re of expressions over module paths.

usage: python scripts/reference/adapter_configurations.py      (versions: requirements.txt; one thread)

Every case is a configuration whose tensors are cut out of Tests/Fixtures/adapters/all-linear: of each module that PEFT
attaches to, the first rows of A and columns of B, as many as its rank there. PEFT reads the folder back from disk onto
Tests/Fixtures/llama-tiny/base; the ranks and the first 64 logits of the last token go to
Tests/Fixtures/adapters/configurations.json, with the expressions and which of the paths they match.
"""

import json
import re
import tempfile
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging

ROOT = Path(__file__).resolve().parents[2] / "Tests/Fixtures"
BASE = ROOT / "llama-tiny/base"
IDS = [5, 17, 101, 44, 9, 260, 33]
UNSLOTH = (r"(?:.*?(?:language|text).*?(?:self_attn|attention|attn).*?(?:q_proj|v_proj).*?)"
           r"|(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn|attention|attn)\.(?:(?:q_proj|v_proj)))")
QV = ["q_proj", "v_proj"]
CASES = [
    dict(target_modules=QV),
    dict(target_modules=r".*\.self_attn\.(q_proj|v_proj)"),
    dict(target_modules=UNSLOTH),
    dict(target_modules=r".*\.(?!k_proj|o_proj)[a-z]+_proj"),
    dict(target_modules="all-linear"),
    dict(target_modules="All-Linear"),
    dict(target_modules=[*QV, "query_key_value", "c_attn"]),
    dict(target_modules=["model.layers.0.self_attn.q_proj", "1.mlp.up_proj", "self_attn.k_proj"]),
    dict(target_modules=QV, layers_to_transform=[1]),
    dict(target_modules=QV, layers_to_transform=1),
    dict(target_modules=QV, layers_to_transform=[]),
    dict(target_modules=["model.layers.0.self_attn.q_proj", "v_proj"], layers_to_transform=[1]),
    dict(target_modules=QV, layers_to_transform=[0], layers_pattern="layers"),
    dict(target_modules=QV, layers_to_transform=[0], layers_pattern=["blocks", "l[a-z]+s"]),
    dict(target_modules=QV, layers_to_transform=[1], layers_pattern=[]),
    dict(target_modules=[*QV, "down_proj"], exclude_modules=["layers.0.self_attn.v_proj", "down_proj"]),
    dict(target_modules=QV, exclude_modules=r".*\.1\..*q_proj"),
    dict(target_modules=QV, rank_pattern={"q_proj": 2}, alpha_pattern={"q_proj": 16}),
    dict(target_modules="all-linear", rank_pattern={r"layers\.0\..*": 1, "model.layers.1.mlp.up_proj": 3, "q_proj|k_proj": 2},
         alpha_pattern={"layers.1.self.attn.v_proj": 5.5, r"^model\.layers\.0\.mlp\.(gate|up)_proj": 3}),
    dict(target_modules=QV, use_rslora=True),
    dict(target_modules=QV, use_rslora=True, rank_pattern={"v_proj": 3}, alpha_pattern={"v_proj": 7}),
    dict(target_modules=QV, bias="all"),
    dict(target_modules=QV, bias="lora_only"),
    dict(target_modules=QV, init_lora_weights="gaussian"),
    dict(target_modules=QV, init_lora_weights="eva", eva_config={"rho": 1.0}),
    dict(target_modules=QV, init_lora_weights="orthogonal"),
    dict(target_modules=QV, fan_in_fan_out=True),
    dict(target_modules=QV, lora_alpha=None),
]
PATHS = ["model.layers.0.self_attn.q_proj", "model.layers.11.mlp.down_proj", "transformer.h.3.attn.c_attn", "lm_head",
         "bert.encoder.layer.2.attention.self.query", "a-b.c_d", "aaab"]
EXPRESSIONS = [
    UNSLOTH, r".*", r"", r"model\..*", r".*_proj", r".*proj$", r"^model.*", r".+?(q|down)_proj", r"[a-z]+_head",
    r"(model|transformer)\.(layers|h)\.\d+\..*", r".*\.[0-9]{2}\..*", r".*\.[0-9]{2,}\..*", r".*\.[0-9]{,1}\..*",
    r".*\.\d{1,2}\.\w+\.\w+", r"[^.]+\.[^.]+", r"[\w.]+", r"[\w.\-]+", r"[^\d]*", r".*\b3\b.*", r".*\B3.*", r"a{3}b",
    r"a*b", r"(a|aa)*b", r"(a*)*b", r"(?:a?){3}a{2}b", r"a{2}", r"(?=.*query).*", r"(?!.*mlp)model.*", r".*(?!x)proj",
    r"(?P<x>model|bert)\..*", r"[]a-b]+", r"[a\]b]*", r"x{,}aaab", r"a{x}", r"lm\_head", r"\Alm_head\Z", r"lm.head|aaab",
    r"(?:(?:(?:lm))_)(?:head)", r"\S+", r".*\s.*", r"[a-]-?b\.c_d", r"", r"(|lm_head)", r"(lm_head|)",
]


def place(folder, case):
    """Writes the case's adapter; returns the ranks by module."""
    known = {"r": 4, "lora_alpha": 8, "task_type": "CAUSAL_LM", "peft_type": "LORA", "init_lora_weights": True} | case
    known = {key: value for key, value in known.items() if value is not None}
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(BASE), LoraConfig(**{k: v for k, v in known.items() if k != "peft_type"}))
    ranks = {name.removeprefix("base_model.model."): module.r["default"]
             for name, module in model.named_modules() if hasattr(module, "lora_A")}
    whole = load_file(ROOT / "adapters/all-linear/adapter_model.safetensors")
    tensors = {}
    for module, rank in ranks.items():
        prefix = f"base_model.model.{module}."
        tensors[prefix + "lora_A.weight"] = whole[prefix + "lora_A.weight"][:rank].contiguous()
        tensors[prefix + "lora_B.weight"] = whole[prefix + "lora_B.weight"][:, :rank].contiguous()
    (folder / "adapter_config.json").write_text(json.dumps(known))
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    return known, ranks


def main():
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    cases = []
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            configuration, ranks = place(Path(folder), case)
            model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(BASE, attn_implementation="eager"), folder).eval()
            with torch.no_grad():
                logits = model(torch.tensor([IDS])).logits[0, -1, :64].tolist()
        print(case, ranks)
        cases.append({"config": configuration, "ranks": ranks, "logits": [float(f"{value:.7g}") for value in logits]})
    expressions = [{"expression": text, "matches": [path for path in PATHS if re.fullmatch(text, path)]} for text in EXPRESSIONS]
    lines = [",\n  ".join(json.dumps(entry) for entry in entries) for entries in (expressions, cases)]
    (ROOT / "adapters/configurations.json").write_text(
        f'{{"ids": {json.dumps(IDS)},\n "paths": {json.dumps(PATHS)},\n "expressions": [\n  {lines[0]}\n],\n "cases": [\n  {lines[1]}\n]}}\n')


if __name__ == "__main__":
    main()
