"""Compares lorad with transformers and PEFT on the demo's real base, token by token.

usage: python scripts/reference/real_model.py LORAD BASE.gguf [RUN_FOLDER]      (versions: requirements.txt)

Ten sentences are scored by `lorad score` and by transformers on the same .gguf file; with a run's folder, also by
`lorad score --adapter` and by the same adapter loaded into PEFT by its own files. Prints one line a sentence, writes
the figures to scripts/reference/real_model.json and fails where a log-probability differs by more than 1e-3.
"""

import json
import subprocess
import sys
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

TOLERANCE = 1e-3
SENTENCES = [
    ("The capital of France is", " Paris."),
    ("Review: a gripping, beautifully acted film\nSentiment:", " positive"),
    ("Review: the battery died after two days\nSentiment:", " negative"),
    ("Once upon a time", " there was a little girl who lived in a village near the forest."),
    ("def add(a, b):\n", "    return a + b\n"),
    ("12 plus 30 is", " 42, and 100 minus 1 is 99."),
    ("<|im_start|>user\nSay hello.<|im_end|>\n<|im_start|>assistant\n", "Hello! How can I help you today?<|im_end|>"),
    ("Der Wetterbericht sagt,", " dass es morgen regnen wird."),
    ("She said: “It’s 5 o’clock — let’s go", "!” 😀 日本語"),
    # No digit after a run of spaces: transformers' conversion of a GGUF vocabulary does not split digits off first, as
    # llama.cpp's `smollm` pre-tokenizer does, and cuts such a run differently.
    ("Water boils at", "  a hundred  degrees\r\n\r\nCelsius."),
]


def lorad_scores(lorad, base, adapter, prompt, completion):
    command = [lorad, "score", "--base", base, "--prompt", prompt, "--completion", completion, "--json"]
    if adapter:
        command += ["--adapter", adapter]
    tokens = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["tokens"]
    return [token["id"] for token in tokens], torch.tensor([token["logprob"] for token in tokens])


def reference_scores(network, words, prompt, completion):
    prompt_ids = words.encode(prompt, add_special_tokens=False)
    ids = words.encode(completion, add_special_tokens=False)
    with torch.no_grad():
        logits = network(torch.tensor([prompt_ids + ids])).logits[0].double()
    rows = logits[len(prompt_ids) - 1 : -1].log_softmax(-1)
    return ids, rows.gather(1, torch.tensor(ids)[:, None])[:, 0]


def compare(title, network, words, lorad, base, adapter):
    rows, worst = [], 0.0
    print(f"{title}\n{'tokens':>7} {'largest difference':>19} {'log-probability':>16}  completion")
    for prompt, completion in SENTENCES:
        ids, ours = lorad_scores(lorad, base, adapter, prompt, completion)
        expected_ids, theirs = reference_scores(network, words, prompt, completion)
        assert ids == expected_ids, f"tokens differ for {completion!r}: {ids} against {expected_ids}"
        difference = (ours.double() - theirs).abs().max().item()
        worst = max(worst, difference)
        rows.append({"completion": completion, "tokens": len(ids), "logprob": theirs.sum().item(),
                     "largest_difference": difference})
        print(f"{len(ids):7} {difference:19.1e} {theirs.sum().item():16.4f}  {completion!r}")
    print(f"largest difference of all: {worst:.1e} (allowed: {TOLERANCE:.0e})\n")
    return {"largest_difference": worst, "sentences": rows}


def main():
    lorad, base = sys.argv[1], Path(sys.argv[2])
    run = sys.argv[3] if len(sys.argv) > 3 else None
    words = AutoTokenizer.from_pretrained(base.parent, gguf_file=base.name)
    network = AutoModelForCausalLM.from_pretrained(base.parent, gguf_file=base.name, dtype=torch.float32).eval()
    results = {"tolerance": TOLERANCE, "base": compare("base", network, words, lorad, str(base), None)}
    if run:
        adapted = PeftModel.from_pretrained(network, run).eval()
        results["adapter"] = compare("adapter, loaded by PEFT", adapted, words, lorad, str(base), run)
    Path(__file__).with_suffix(".json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    if max(part["largest_difference"] for key, part in results.items() if key != "tolerance") > TOLERANCE:
        sys.exit("a log-probability differs by more than the tolerance")


main()
