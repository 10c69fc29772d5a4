"""Trains the same steps as `TrainingBenchmark train` with transformers and PEFT, as their users run them on a CPU.

usage: peft_steps.py BATCHES.json (--gguf FILE | --random) [--dtype float32|bfloat16] [--compile] … (see --help)

BATCHES.json comes from `TrainingBenchmark batches`: token ids and labels of every step, so that both trainers take the
same rows in the same order. A step pads its rows on the right to the longest, runs forward and backward, clips the
gradient to norm 1, and applies AdamW. Rates count real tokens, not padding. Prints one JSON object. With --turns it
writes the line `ready` before each measured step, and takes the step once it has read a line from standard input.
"""

import argparse
import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Batch:
    """One step's padded tensors, and how many tokens of them are real."""

    inputs: dict
    tokens: int
    labelled: int
    padded: int


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("batches", type=Path)
    base = parser.add_mutually_exclusive_group(required=True)
    base.add_argument("--gguf", type=Path, help="the base, dequantised by transformers")
    base.add_argument("--random", action="store_true", help="random weights of the shape that BATCHES.json names")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--compile", action="store_true", help="torch.compile, dynamic shapes where rows differ")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--targets", default="q_proj,v_proj", help="names separated by commas, or all-linear")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--steps", type=int, default=6, help="measured steps")
    parser.add_argument("--warmup", type=int, default=2, help="steps before them; compilation happens here")
    parser.add_argument("--turns", action="store_true",
                        help="before each measured step write the line 'ready' and wait for a line on standard input")
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    return parser.parse_args()


def padded_batch(rows: list[dict]) -> Batch:
    """Rows as a data collator makes them: padded on the right, attention mask, labels −100 where nothing is trained."""
    import torch

    width = max(len(row["tokens"]) for row in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    labels = torch.full_like(ids, -100)
    for index, row in enumerate(rows):
        tokens = torch.tensor(row["tokens"])
        ids[index, : len(tokens)] = tokens
        mask[index, : len(tokens)] = 1
        # The model shifts labels itself: the token that position p predicts is labelled at p + 1.
        trained = torch.tensor(row["labels"], dtype=torch.long) + 1
        labels[index, trained] = tokens[trained]
    return Batch(
        inputs={"input_ids": ids, "attention_mask": mask, "labels": labels},
        tokens=sum(len(row["tokens"]) for row in rows),
        labelled=sum(len(row["labels"]) for row in rows),
        padded=ids.numel(),
    )


def load_base(arguments: argparse.Namespace, shape: dict):
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

    dtype = getattr(torch, arguments.dtype)
    if arguments.gguf:
        return AutoModelForCausalLM.from_pretrained(
            arguments.gguf.parent, gguf_file=arguments.gguf.name, dtype=dtype)
    configuration = LlamaConfig(
        vocab_size=shape["vocabulary_size"],
        hidden_size=shape["hidden_size"],
        intermediate_size=shape["intermediate_size"],
        num_hidden_layers=shape["layers"],
        num_attention_heads=shape["heads"],
        num_key_value_heads=shape["key_value_heads"],
        head_dim=shape["head_dim"],
        max_position_embeddings=shape["max_positions"],
        rms_norm_eps=shape["rms_norm_epsilon"],
        rope_parameters={"rope_type": "default", "rope_theta": shape["rope_theta"]},
        tie_word_embeddings=shape["tie_word_embeddings"],
    )
    torch.manual_seed(0)
    torch.set_default_dtype(dtype)
    model = LlamaForCausalLM(configuration)
    torch.set_default_dtype(torch.float32)
    return model


def require_dense(model, dtype: str) -> None:
    """Stops where the base is not plain matrices of the named dtype: transformers can keep a GGUF's weights packed and
    dequantise them in every product, which would make lorad look better than it is."""
    import torch

    expected = getattr(torch, dtype)
    for name, module in model.named_modules():
        if name.endswith(("_proj", "lm_head")):
            if type(module) is not torch.nn.Linear or module.weight.dtype != expected:
                sys.exit(f"Error: {name} is a {type(module).__name__}, no dense {dtype} matrix")


def attach_adapter(model, arguments: argparse.Namespace):
    from peft import LoraConfig, get_peft_model

    targets = arguments.targets if arguments.targets == "all-linear" else arguments.targets.split(",")
    # PEFT keeps the adapter's own parameters in float32 over a bfloat16 base, as lorad does (autocast_adapter_dtype).
    return get_peft_model(
        model,
        LoraConfig(
            r=arguments.rank, lora_alpha=2 * arguments.rank, lora_dropout=arguments.dropout, target_modules=targets,
            task_type="CAUSAL_LM"))


def peak_resident_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("the kernel does not report VmHWM")


def wait_for_turn() -> None:
    """Lets other programs compute until whoever started this one says that its next step may begin."""
    print("ready", flush=True)
    if not sys.stdin.readline():
        sys.exit("Error: standard input ended while a step waited for its turn. With --turns each measured step needs "
                 "a line there; leave --turns out to measure without waiting.")


def train(model, batches: list[Batch], arguments: argparse.Namespace) -> tuple[list[float], list[float]]:
    """Seconds and loss of every step."""
    import torch

    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trainable, lr=arguments.learning_rate, weight_decay=0.0)
    model.train()
    seconds, losses = [], []
    for number, batch in enumerate(batches):
        if arguments.turns and number >= arguments.warmup:
            wait_for_turn()
        start = time.perf_counter()
        loss = model(**batch.inputs, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trainable, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        seconds.append(time.perf_counter() - start)
        print(f"step {number + 1} of {len(batches)}: {seconds[-1]:.2f} s", file=sys.stderr)
    return seconds, losses


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    lower = int(position)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (position - lower)


def summary(batches: list[Batch], seconds: list[float]) -> dict:
    rates = [batch.tokens / time for batch, time in zip(batches, seconds)]
    return {
        "steps": len(seconds),
        "seconds": statistics.median(seconds),
        "seconds_p10": percentile(seconds, 0.1),
        "seconds_p90": percentile(seconds, 0.9),
        "tokens_per_second": statistics.median(rates),
        "tokens_per_second_p10": percentile(rates, 0.1),
        "tokens_per_second_p90": percentile(rates, 0.9),
        "mean_tokens_per_second": sum(batch.tokens for batch in batches) / sum(seconds),
        "tokens": statistics.median(batch.tokens for batch in batches),
        "padded_tokens": statistics.median(batch.padded for batch in batches),
    }


def main() -> None:
    arguments = options()
    start = time.perf_counter()
    import peft
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(arguments.threads)
    workload = json.loads(arguments.batches.read_text())
    wanted = arguments.warmup + arguments.steps
    if len(workload["steps"]) < wanted:
        sys.exit(f"{arguments.batches} holds {len(workload['steps'])} steps, {wanted} are needed")
    batches = [padded_batch(rows) for rows in workload["steps"][:wanted]]
    base = load_base(arguments, workload["shape"])
    require_dense(base, arguments.dtype)
    model = attach_adapter(base, arguments)
    if arguments.compile:
        model = torch.compile(model, dynamic=len({batch.padded for batch in batches}) > 1)
    loaded = time.perf_counter() - start
    seconds, losses = train(model, batches, arguments)
    measured = slice(arguments.warmup, None)
    print(json.dumps({
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__},
        "dtype": arguments.dtype, "compile": arguments.compile, "threads": torch.get_num_threads(),
        "rank": arguments.rank, "targets": arguments.targets, "dropout": arguments.dropout,
        "warmup": arguments.warmup,
        "summary": summary(batches[measured], seconds[measured]),
        "peak_resident_bytes": peak_resident_bytes(),
        "start": {"first_step_start": loaded, "warmup_seconds": sum(seconds[: arguments.warmup])},
        "losses": losses,
        "steps": [{"seconds": time, "tokens": batch.tokens, "labelled_tokens": batch.labelled,
                   "padded_tokens": batch.padded} for batch, time in zip(batches, seconds)],
    }))


if __name__ == "__main__":
    main()
