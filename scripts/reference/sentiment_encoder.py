"""The job of pipelines/sentiment-encoder.yaml by transformers and PEFT: same rows, order, steps and hyperparameters.

usage: python scripts/reference/sentiment_encoder.py [--run outbox/sentiment-encoder/RUN]      (versions: requirements.txt)

Needs `scripts/fetch encoder labels`. Trains LoRA and head, classifies the test rows and writes sentiment_encoder.json
beside itself: accuracy by slice. With --run, lorad's run of the same job stands beside it: the accuracies of its report,
and those that PEFT gets with its adapter. What PEFT draws at random (A, the head, dropout masks) it draws by itself. The
base's own dropouts are off, as in lorad, where only the adapter and the head have any.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup

ROOT = Path(__file__).resolve().parents[2]
BASE, DATA = ROOT / "bases/all-MiniLM-L6-v2", ROOT / "data/sentiment-labels"
LABELS = ["negative", "positive"]
STEPS, BATCH, RATE, WARMUP_RATIO, SEED = 250, 32, 1e-3, 0.06, 42
MAX_LENGTH, MAX_GRAD_NORM = 256, 1.0


def read(split):
    return [json.loads(line) for line in (DATA / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]


def philox(seed, step, position):
    """The first two words of Philox-4x32-10 (Salmon et al. 2011) on stream 0, as lorad's Philox.bits."""
    mask = 0xFFFFFFFF
    c = [position & mask, position >> 32, step & mask, step >> 32]
    k = [seed & mask, seed >> 32]
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & mask, (a >> 32) ^ c[3] ^ k[1], a & mask]
        k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
    return c[0], c[1]


def order(count, epoch):
    """lorad's BatchOrder: Fisher and Yates's shuffle."""
    rows = list(range(count))
    for index in range(count - 1, 0, -1):
        x, y = philox(SEED, epoch, index)
        other = ((x << 32 | y) * (index + 1)) >> 64
        rows[index], rows[other] = rows[other], rows[index]
    return rows


def load_base():
    return AutoModelForSequenceClassification.from_pretrained(
        BASE, num_labels=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, classifier_dropout=0.1)


def tokenize(tokenizer, rows):
    return tokenizer([row["text"] for row in rows], truncation=True, max_length=MAX_LENGTH, padding=True,
                     return_tensors="pt")


def train(tokenizer, rows):
    torch.manual_seed(SEED)
    model = get_peft_model(load_base(), LoraConfig(
        r=8, lora_alpha=16, lora_dropout=0.05, target_modules=["query", "value"], task_type="SEQ_CLS"))
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.0)
    schedule = get_linear_schedule_with_warmup(optimizer, math.ceil(STEPS * WARMUP_RATIO), STEPS)
    places = [place for epoch in range(math.ceil(STEPS * BATCH / len(rows))) for place in order(len(rows), epoch)]
    model.train()
    losses = []
    for step in range(STEPS):
        batch = [rows[place] for place in places[step * BATCH:(step + 1) * BATCH]]
        labels = torch.tensor([LABELS.index(row["label"]) for row in batch])
        loss = model(**tokenize(tokenizer, batch), labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, MAX_GRAD_NORM)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        if (step + 1) % 25 == 0:
            print(f"step {step + 1}: {sum(losses[-25:]) / 25:.4f}", flush=True)
    return model, losses


@torch.no_grad()
def accuracies(model, tokenizer, rows):
    model.eval()
    right = {}
    by_length = sorted(rows, key=lambda row: len(row["text"]))
    for start in range(0, len(rows), 64):
        batch = by_length[start:start + 64]
        for row, label in zip(batch, model(**tokenize(tokenizer, batch)).logits.argmax(-1).tolist()):
            for name in ("all", row["domain"]):
                right.setdefault(name, []).append(LABELS[label] == row["label"])
    return {name: {"rows": len(found), "accuracy": sum(found) / len(found)} for name, found in sorted(right.items())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path)
    arguments = parser.parse_args()
    target = Path(__file__).with_suffix(".json")
    document = json.loads(target.read_text()) if target.exists() else {}
    tokenizer = AutoTokenizer.from_pretrained(BASE)
    test = read("test")
    if "peft" not in document:
        started = time.process_time()
        model, losses = train(tokenizer, read("train"))
        document["peft"] = {
            "losses": losses, "cpu_seconds": round(time.process_time() - started, 1),
            "slices": accuracies(model, tokenizer, test)}
    if arguments.run:
        report = json.loads((arguments.run / "report.json").read_text())
        slices = {s["name"]: {"rows": s["rows"], "accuracy": s["adapter"]["accuracy"]} for s in report["slices"]}
        adapted = PeftModel.from_pretrained(load_base(), arguments.run)
        document["lorad"] = {
            "losses": report["training"]["loss"], "slices": slices,
            "slices_by_peft": accuracies(adapted, tokenizer, test)}
        for name, ours in slices.items():
            theirs = document["peft"]["slices"][name]
            print(f"{name}: {ours['rows']} rows, lorad {ours['accuracy']:.1%}, PEFT {theirs['accuracy']:.1%}, "
                  f"lorad's adapter in PEFT {document['lorad']['slices_by_peft'][name]['accuracy']:.1%}")
            assert abs(ours["accuracy"] - theirs["accuracy"]) <= 0.015 or ours["rows"] < 1000, name
    target.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
