"""Has lorad train and publish an adapter of the tiny Llama, and PEFT read it.

usage: python scripts/reference/lorad_adapter.py LORAD      (versions: requirements.txt)

Writes Tests/Fixtures/adapters/lorad-VERSION: the two files as lorad published them, and the logits that PEFT computes
with them. Once written, a version's folder stays: an adapter of any past lorad must give the same output for ever.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from tiny import batches

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"
TINY = FIXTURES / "llama-tiny"
ROWS = [("the film was good", " positive"), ("a bad film", " negative"), ("great cast", " positive"),
        ("boring cast", " negative")]


def publish(lorad, folder):
    """A run's folder, trained for ten steps on four rows."""
    shutil.copytree(TINY / "base", folder / "base")
    rows = [json.dumps({"prompt": f"Review: {text}\nSentiment:", "completion": answer}) for text, answer in ROWS]
    (folder / "train.jsonl").write_text("\n".join(rows) + "\n")
    hashes = json.loads(subprocess.run(
        [lorad, "hash", "base", "--json"], cwd=folder, check=True, capture_output=True, text=True).stdout)
    (folder / "job.yaml").write_text(f"""
name: tiny
base: {{path: base, sha256: {hashes["sha256"]}}}
dataset: train.jsonl
adapter: {{rank: 4, alpha: 8, targets: all-linear}}
training: {{max_steps: 10, batch_size: 4, learning_rate: 2.0e-2}}
""")
    done = subprocess.run([lorad, "run", "job.yaml"], cwd=folder, check=True, capture_output=True, text=True)
    return folder / json.loads(done.stdout.splitlines()[-1])["run_dir"]


def main():
    lorad = str(Path(sys.argv[1]).resolve())
    version = subprocess.run([lorad, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    target = FIXTURES / "adapters" / f"lorad-{version}"
    if target.exists():
        sys.exit(f"{target} exists; what a version wrote is never written again")
    with tempfile.TemporaryDirectory() as folder:
        run = publish(lorad, Path(folder))
        target.mkdir()
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            shutil.copy(run / name, target / name)
    base = AutoModelForCausalLM.from_pretrained(TINY / "base").eval()
    batch = json.loads((TINY / "batch.json").read_text())
    with torch.no_grad():
        before = batches.logits(base, batch)
        after = batches.logits(PeftModel.from_pretrained(base, target).eval(), batch)
    print(f"largest change of a logit by the adapter: {(after - before).abs().max().item():.3f}")
    save_file({"logits": after.contiguous()}, target / "peft_logits.safetensors", metadata={"format": "pt"})


main()
