"""Writes Tests/Fixtures/llama-tiny and Tests/Fixtures/adapters from transformers and PEFT.

usage: python scripts/reference/llama_tiny.py      (versions: requirements.txt; about ten seconds)

The same versions on the same machine give the same bytes; on another machine floats may differ in
their last bits. What every file holds stands in Tests/Fixtures/llama-tiny/PROVENANCE.md.
"""

import copy
import json
import shutil
from pathlib import Path

import gguf
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from tiny import adapter, batches, gguf_file, model, tokenizer, training

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures"
FOLDER, ADAPTERS = FIXTURES / "llama-tiny", FIXTURES / "adapters"
SEED = 20240613
PROMPTS = [
    "Review: the film was",
    "the cast",
    "<|im_start|>user\nis it good?<|im_end|>\n<|im_start|>assistant\n",
]
NEW_TOKENS = 12
# name: (targets, seed of its A and B)
ADAPTERS_MADE = {
    "all_linear": (adapter.ALL_LINEAR, SEED + 2),
    "query_value": (adapter.QUERY_VALUE, SEED + 3),
}
Q8_0, BF16, F32 = (gguf.GGMLQuantizationType[name] for name in ("Q8_0", "BF16", "F32"))


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


def write_tensors(name, tensors):
    tensors = {key: value.detach().float().contiguous() for key, value in tensors.items()}
    save_file(tensors, FOLDER / name, metadata={"format": "pt"})


def adapted(base, name):
    """One of the two adapters, on a copy of the base, since PEFT changes the model that it wraps."""
    return adapter.attach(copy.deepcopy(base), *ADAPTERS_MADE[name])


def greedy(network, words):
    """Greedy continuations with the smallest lead of a chosen token's logit over the runner-up."""
    rows = []
    for prompt in PROMPTS:
        prompt_ids = words.encode(prompt, add_special_tokens=False)
        ids, margin = [], float("inf")
        for _ in range(NEW_TOKENS):
            with torch.no_grad():
                best = network(torch.tensor([prompt_ids + ids])).logits[0, -1].topk(2)
            margin = min(margin, (best.values[0] - best.values[1]).item())
            ids.append(best.indices[0].item())
            if ids[-1] == words.eos_token_id:
                break
        text = words.decode(ids, skip_special_tokens=True)
        rows.append({"prompt": prompt, "prompt_ids": prompt_ids, "ids": ids, "text": text, "margin": margin})
    return rows


def forward_goldens(base, untied, words, batch):
    """Logits, label log-probabilities and generated text of every model and adapter."""
    variants = {
        "base": base,
        "untied": untied,
        "base_q8_0": gguf_file.round_trip(copy.deepcopy(base), Q8_0),
        "all_linear": adapted(base, "all_linear"),
        "query_value": adapted(base, "query_value"),
        "all_linear_merged": adapted(base, "all_linear").merge_and_unload(),
    }
    tensors, generated = {}, {}
    with torch.no_grad():
        for name, network in variants.items():
            tensors[f"{name}.logits"] = batches.logits(network, batch)
            tensors[f"{name}.label_logprobs"] = batches.label_logprobs(network, batch)
            generated[name] = greedy(network, words)
    merged = variants["all_linear_merged"].state_dict()
    for module in ("model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj"):
        tensors[f"all_linear_merged.{module}.weight"] = merged[f"{module}.weight"]
    write_tensors("forward.safetensors", tensors)
    write_json(FOLDER / "generation.json", {"max_new_tokens": NEW_TOKENS, "greedy": generated})
    return tensors


def training_goldens(base, words, batch):
    tensors = {}
    for name in ADAPTERS_MADE:
        for factor, gradient in training.gradients(adapted(base, name), batch).items():
            tensors[f"{name}.{factor}"] = gradient
    write_tensors("gradients.safetensors", tensors)

    steps = batches.training_batches(words, training.STEPS, SEED + 4)
    trained, runs = {}, {}
    for name in ADAPTERS_MADE:
        network = adapted(base, name)
        runs[name] = training.train(network, steps)
        trained |= {f"{name}.{factor}": value for factor, value in adapter.factors(network).items()}
    write_tensors("trained.safetensors", trained)
    write_json(
        FOLDER / "training.json",
        {
            "optimizer": training.OPTIMIZER,
            "max_grad_norm": training.MAX_GRAD_NORM,
            "schedule": "linear",
            "warmup_steps": training.WARMUP_STEPS,
            "batches": steps,
            "runs": runs,
        },
    )
    write_json(FOLDER / "schedules.json", training.schedules())


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for folder in (FOLDER / "base", FOLDER / "untied", ADAPTERS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    words = tokenizer.build()
    base = model.build(model.configuration(), SEED)
    base.save_pretrained(FOLDER / "base")
    words.save_pretrained(FOLDER / "base")
    # Saved in bfloat16 and in shards; the goldens are computed from the rounded weights, in float32.
    untied = model.build(model.untied_configuration(), SEED + 1)
    model.round_to_bfloat16(untied)
    copy.deepcopy(untied).bfloat16().save_pretrained(FOLDER / "untied", max_shard_size="40KB")
    words.save_pretrained(FOLDER / "untied")

    gguf_file.write(base, words, FOLDER / "base-f32.gguf", F32)
    gguf_file.write(base, words, FOLDER / "base-q8_0.gguf", Q8_0)
    gguf_file.write(untied, words, FOLDER / "untied-bf16.gguf", BF16)

    for name in ADAPTERS_MADE:
        folder = ADAPTERS / name.replace("_", "-")
        adapted(base, name).save_pretrained(folder)
        (folder / "README.md").unlink()  # an empty model card

    batch = batches.evaluation_batch(words)
    write_json(FOLDER / "batch.json", batch)
    tensors = forward_goldens(base, untied, words, batch)
    training_goldens(base, words, batch)
    for path in FIXTURES.rglob("*.safetensors"):
        path.chmod(0o644)
    check_readers(tensors, batch)


def check_readers(tensors, batch):
    """What was written is read again by transformers: the folders, and the GGUF files by its own reader."""
    for golden, source in {
        "base": dict(pretrained_model_name_or_path=FOLDER / "base"),
        "untied": dict(pretrained_model_name_or_path=FOLDER / "untied", dtype=torch.float32),
    }.items():
        compare(golden, AutoModelForCausalLM.from_pretrained(**source), tensors, batch)
    for golden, file in {"base": "base-f32.gguf", "base_q8_0": "base-q8_0.gguf", "untied": "untied-bf16.gguf"}.items():
        network = AutoModelForCausalLM.from_pretrained(FOLDER, gguf_file=file, dtype=torch.float32)
        compare(golden, network, tensors, batch)


def compare(golden, network, tensors, batch):
    with torch.no_grad():
        found = batches.logits(network.eval(), batch)
    difference = (found - tensors[f"{golden}.logits"]).abs().max().item()
    print(f"{golden}: read back, largest logit difference {difference:.1e}")
    assert difference < 1e-4, golden


if __name__ == "__main__":
    main()
