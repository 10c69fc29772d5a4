"""Has lorad train and publish an adapter of every model of Tests/Fixtures/families, and PEFT read it.

usage: python scripts/reference/families_peft.py LORAD [--method NAME] [FOLDER …]      (versions: requirements.txt)

For each folder PEFT loads the published adapter onto transformers' model; its log-probabilities of a completion must be
those that `lorad score` gives with the adapter, and its own merge, where it has one, must give them too; of `embedding` the
model that `lorad merge` writes and transformers loads, as PEFT's merge changes a tied head. Prints a table. With --keep,
the adapter of the first folder of each model type goes to Tests/Fixtures/adapters/families-VERSION/FOLDER with PEFT's logits
of the folder's rows; once written, a version's folder stays.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from adapter_methods import BehindPrompt
from tiny import batches

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"
FAMILIES = FIXTURES / "families"
# The adapter section of each method; of those that a family lacks something for, name folders that have it.
METHODS = {
    "lora": "rank: 4, alpha: 8",
    "rslora": "rank: 4, alpha: 8, use_rslora: true",
    "dora": "method: dora, rank: 4, alpha: 8, use_rslora: true",
    "pissa": "rank: 4, alpha: 8, init: pissa",
    "olora": "rank: 4, alpha: 8, init: olora",
    "patterns": "rank: 4, alpha: 8, rank_pattern: {'.*[vk].*': 2}, alpha_pattern: {'.*fc.*|.*down.*|.*4h.*': 3}, layers: 1",
    "ia3": "method: ia3",
    "bitfit": "method: bitfit",
    "bitfit-all": "method: bitfit, bias: all",
    "adalora": "method: adalora, init_r: 4, target_r: 2, alpha: 8",
    "hybrid": "method: hybrid, rank: 4, alpha: 8, train_modules: ['[a-z_]*norm|ln_[12f]']",
    "head": "rank: 4, alpha: 8, modules_to_save: [lm_head]",
    "bias-all": "rank: 4, alpha: 8, bias: all",
    "bias-lora-only": "rank: 4, alpha: 8, bias: lora_only",
    # Beside every projection the embedding, by the family's name.
    "embedding": "rank: 4, alpha: 8",
    "prompt": "method: prompt, num_virtual_tokens: 4",
    "prefix": "method: prefix, num_virtual_tokens: 4",
}
# Those that name no targets.
UNTARGETED = {"bitfit-all", "prompt", "prefix"}
# What a family calls its embedding, where that is not `embed_tokens`.
TABLES = {"gpt2": "wte", "gpt_neox": "embed_in"}
PROMPT, COMPLETION = "Is 7 odd?", " yes"


def publish(lorad, base, folder, adapter):
    """A run's folder, trained for ten steps on sixteen rows."""
    shutil.copytree(base, folder / "base")
    rows = [{"prompt": f"Is {i} odd?", "completion": " yes" if i % 2 else " no"} for i in range(1, 17)]
    (folder / "train.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    (folder / "lorad.yaml").write_text("threads: 1\n")
    hashes = json.loads(call(lorad, folder, "hash", "base", "--json"))
    (folder / "job.yaml").write_text(f"""
name: tiny
base: {{path: base, sha256: {hashes["sha256"]}}}
dataset: train.jsonl
adapter: {{{adapter}}}
training: {{max_steps: 10, batch_size: 8, learning_rate: 2.0e-2}}
""")
    done = call(lorad, folder, "run", "job.yaml")
    return folder / json.loads(done.splitlines()[-1])["run_dir"]


def call(lorad, folder, *arguments):
    return subprocess.run([lorad, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def logprob(model, tokenizer):
    before = tokenizer.encode(PROMPT, add_special_tokens=False)
    after = tokenizer.encode(COMPLETION, add_special_tokens=False)
    with torch.no_grad():
        row = {"ids": before + after, "completion_start": len(before)}
        return batches.label_logprobs(model, [row]).sum().item()


def check(lorad, name, keep, adapter, merges_itself=False):
    base = FAMILIES / name

    def load():
        return AutoModelForCausalLM.from_pretrained(base, attn_implementation="eager", dtype=torch.float32).eval()

    with tempfile.TemporaryDirectory() as folder:
        run = publish(lorad, base, Path(folder), adapter)
        score = json.loads(call(lorad, folder, "score", "--base", "base", "--adapter", run, "--prompt", PROMPT,
                                "--completion", COMPLETION, "--json"))["logprob"]
        tokenizer = AutoTokenizer.from_pretrained(base)
        before = logprob(load(), tokenizer)
        adapted = PeftModel.from_pretrained(load(), run).eval()
        answering = BehindPrompt(adapted)
        after = logprob(answering, tokenizer)
        rows = json.loads((base / "reference.json").read_text())["rows"]
        with torch.no_grad():
            logits = batches.logits(answering, rows)
        transposed = json.loads((run / "adapter_config.json").read_text()).get("fan_in_fan_out", False)
        if keep:
            keep_folder = keep / name
            keep_folder.mkdir(parents=True)
            for file in ("adapter_config.json", "adapter_model.safetensors"):
                shutil.copy(run / file, keep_folder / file)
            save_file({"logits": logits.contiguous()}, keep_folder / "peft_logits.safetensors",
                      metadata={"format": "pt"})
        merges = not adapted.active_peft_config.is_prompt_learning
        if merges_itself:
            call(lorad, folder, "merge", "--base", "base", "--adapter", run, "--output", "merged", "--format",
                 "safetensors", "--dtype", "float32")
            written = AutoModelForCausalLM.from_pretrained(
                Path(folder) / "merged", attn_implementation="eager", dtype=torch.float32)
            assert not written.config.tie_word_embeddings
            merged = logprob(written.eval(), tokenizer)
        else:
            merged = logprob(adapted.merge_and_unload(), tokenizer) if merges else after
    print(f"| {name} | {before:.4f} | {after:.4f} | {score:.4f} | {merged:.4f} | {str(transposed).lower()} |")
    # Virtual tokens may lie outside of every window that the completion's rows see.
    sees_all = merges or not json.loads((base / "config.json").read_text()).get("sliding_window")
    assert abs(after - before) > 0.01 or not sees_all, "the adapter changes nothing"
    assert abs(after - score) < 1e-3 * max(1, abs(score)), "PEFT and lorad differ"
    assert abs(merged - score) < 1e-3 * max(1, abs(score)), "the merge and lorad differ"


def main():
    warnings.simplefilter("ignore")
    logging.disable_progress_bar()
    arguments = [argument for argument in sys.argv[1:] if argument != "--keep"]
    method = "lora"
    if "--method" in arguments:
        at = arguments.index("--method")
        method = arguments[at + 1]
        del arguments[at:at + 2]
    lorad = str(Path(arguments[0]).resolve())
    names = arguments[1:] or sorted(
        path.parent.name for path in FAMILIES.glob("*/reference.json") if '"losses"' in path.read_text())
    keep = None
    if "--keep" in sys.argv:
        version = subprocess.run([lorad, "--version"], check=True, capture_output=True, text=True).stdout.strip()
        keep = FIXTURES / "adapters" / f"families-{version}"
        if keep.exists():
            sys.exit(f"{keep} exists; what a version wrote is never written again")
    print("| folder | log p, base in transformers | adapter in PEFT | adapter in lorad | merged | fan_in_fan_out |")
    print("|---|---|---|---|---|---|")
    seen = set()
    for name in names:
        model_type = json.loads((FAMILIES / name / "config.json").read_text())["model_type"]
        table = f", {TABLES.get(model_type, 'embed_tokens')}" if method == "embedding" else ""
        adapter = METHODS[method] + ("" if method in UNTARGETED else f", targets: [all-linear{table}]")
        check(lorad, name, keep if model_type not in seen else None, adapter, merges_itself=bool(table))
        seen.add(model_type)


main()
