"""Writes Tests/Fixtures/training-settings: what transformers and PyTorch make of settings of a training run.

usage: python scripts/reference/training_settings.py      (versions: requirements.txt)

Schedules with a minimum, by `get_scheduler`; label smoothing, by transformers' LabelSmoother, and NEFTune's noise, by its
formula on numbers of a Philox of our own, both on the tiny Llama with its all-linear adapter. It reads
Tests/Fixtures/llama-tiny and Tests/Fixtures/adapters, and changes nothing there.
"""

import json
import math
from pathlib import Path

import numpy
import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, get_scheduler
from transformers.trainer_pt_utils import LabelSmoother

from tiny.adapter import factors

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"
FOLDER = FIXTURES / "training-settings"
RATE, EPSILON, ALPHA, SEED, STEP, STREAM = 2e-4, 0.1, 5.0, 42, 3, 5_000_000


def schedules():
    """The rate of every step, as transformers computes it."""
    cases = [
        (name, steps, warmup, settings)
        for steps, warmup in [(20, 2), (10, 0), (150, 9)]
        for name, settings in [
            ("cosine_with_min_lr", {"min_lr": 3e-5}),
            ("cosine_with_min_lr", {"min_lr_rate": 0.1}),
            ("warmup_stable_decay", {"num_decay_steps": 5}),
            ("warmup_stable_decay", {"num_decay_steps": 8, "min_lr_ratio": 0.25}),
        ]
    ]
    found = []
    for name, steps, warmup, settings in cases:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
        scheduler = get_scheduler(name, optimizer, warmup, steps, scheduler_specific_kwargs=dict(settings))
        rates = []
        for _ in range(steps):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        share = settings.get("min_lr", 0) / RATE or settings.get("min_lr_rate", settings.get("min_lr_ratio", 0))
        found.append({
            "schedule": name, "steps": steps, "warmup_steps": warmup, "learning_rate": RATE, "min_lr_rate": share,
            "decay_steps": settings.get("num_decay_steps", 0), "rates": rates})
    return found


def philox(position):
    """The four words of Philox-4x32-10 at a position of the step, with the key that lorad makes of seed and stream."""
    mask = 0xFFFFFFFF
    c = [position & mask, position >> 32, STEP & mask, STEP >> 32]
    k = [(SEED & mask) ^ (STREAM * 0x9E3779B9 & mask), ((SEED >> 32) + STREAM) & mask]
    for _ in range(10):
        first, second = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(second >> 32) ^ c[1] ^ k[0], second & mask, (first >> 32) ^ c[3] ^ k[1], first & mask]
        k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
    return c


def noise(first_row, length, width):
    """alpha/√(L·d) times uniform numbers in [-1, 1), in float32."""
    words = [philox(i // 4)[i % 4] for i in range(first_row * width, (first_row + length) * width)]
    uniform = numpy.array([(word >> 8) * 2.0**-23 - 1 for word in words], dtype=numpy.float32)
    magnitude = numpy.float32(ALPHA / math.sqrt(length * width))
    return torch.from_numpy(magnitude * uniform).reshape(length, width)


def adapted():
    base = AutoModelForCausalLM.from_pretrained(FIXTURES / "llama-tiny/base", dtype=torch.float32)
    return PeftModel.from_pretrained(base, FIXTURES / "adapters/all-linear", is_trainable=True).eval()


def fed(rows):
    """Of each row what a model reads: all but the last token, which is only predicted."""
    return [(torch.tensor(row["ids"][:-1]), torch.tensor(row["ids"][1:]), row["completion_start"] - 1) for row in rows]


def smoothed(model, rows):
    """transformers' loss of smoothed labels, the rows of a batch one by one: a mean over all their labels."""
    total, count = 0, 0
    smoother = LabelSmoother(epsilon=EPSILON)
    for ids, targets, start in fed(rows):
        labels = targets.clone()
        labels[:start] = -100
        active = len(labels) - start
        total = total + active * smoother({"logits": model(ids[None]).logits}, labels[None])
        count += active
    return total / count


def noisy(model, rows):
    """The plain loss over embeddings with noise, of whole rows: L counts the last token too."""
    total, count, row = 0, 0, 0
    table = model.get_input_embeddings()
    for read, targets, start in fed(rows):
        ids = torch.cat((read, targets[-1:]))
        x = table(ids).detach() + noise(row, len(ids), table.weight.shape[1])
        scores = model(inputs_embeds=x[None]).logits[0, :-1].log_softmax(-1)
        total = total - scores[start:].gather(1, targets[start:, None]).sum()
        count += len(targets) - start
        row += len(ids)
    return total / count


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    rows = json.loads((FIXTURES / "llama-tiny/batch.json").read_text())
    tensors, losses = {}, {}
    for name, loss in (("label_smoothing", smoothed), ("neftune", noisy)):
        model = adapted()
        value = loss(model, rows)
        value.backward()
        losses[name] = value.item()
        tensors |= {f"{name}.{factor}": parameter.grad for factor, parameter in factors(model).items()}
    save_file(tensors, FOLDER / "gradients.safetensors")
    document = {
        "label_smoothing": EPSILON, "neftune_alpha": ALPHA, "seed": SEED, "step": STEP, "losses": losses,
        "schedules": schedules()}
    (FOLDER / "settings.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
