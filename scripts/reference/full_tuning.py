"""Writes Tests/Fixtures/full: transformers' gradients of every parameter, and ten AdamW steps that train them all.

usage: python scripts/reference/full_tuning.py [CASE …]      (versions: requirements.txt)

The bases and their rows are those of Tests/Fixtures/families and Tests/Fixtures/classifiers, whose scripts come first.
Weight decay goes where transformers' Trainer puts it. Gradients are of the mean loss over the rows. The same versions on
the same machine give the same bytes.
"""

import copy
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, Trainer, get_linear_schedule_with_warmup
from transformers.utils import logging

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "classifiers")]
import importlib.util  # noqa: E402

from tiny import batches  # noqa: E402

FIXTURES = HERE.parents[1] / "Tests/Fixtures"
FOLDER = FIXTURES / "full"
OPTIMIZER = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8)
WEIGHT_DECAY, WARMUP_STEPS, MAX_GRAD_NORM = 0.1, 2, 1.0


def module(path):
    spec = importlib.util.spec_from_file_location(path.parent.name, path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def decoders():
    """{name: (model, rows, batches, mean loss)}"""
    for folder in sorted(path.parent for path in (FIXTURES / "families").glob("*/reference.json")):
        def load(folder=folder):
            reference = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
            model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
            return model, reference["rows"], reference["batches"], batches.mean_loss

        yield folder.name, load


def classifiers():
    script = module(HERE / "classifiers/__main__.py")
    for name, (config, labels, *_) in script.CASES.items():
        def load(name=name, config=config, labels=labels):
            case = json.loads((FIXTURES / "classifiers" / name / "case.json").read_text(encoding="utf-8"))
            return script.build(config, labels), case["rows"], case["batches"], script.mean_loss

        yield f"{name}-classes", load


def train(model, steps, mean_loss):
    decays = set(Trainer.get_decay_parameter_names(None, model))
    parameters = dict(model.named_parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for n, p in parameters.items() if n in decays], "weight_decay": WEIGHT_DECAY},
            {"params": [p for n, p in parameters.items() if n not in decays], "weight_decay": 0.0},
        ],
        **OPTIMIZER,
    )
    scheduler = get_linear_schedule_with_warmup(optimizer, WARMUP_STEPS, len(steps))
    losses = []
    for rows in steps:
        optimizer.zero_grad(set_to_none=True)
        loss = mean_loss(model, rows)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(parameters.values()), MAX_GRAD_NORM)
        losses.append(loss.item())
        optimizer.step()
        scheduler.step()
    return losses


def write(name, load):
    torch.use_deterministic_algorithms(True)
    model, rows, steps, mean_loss = load()
    model = model.eval()
    heads = ("score.", "classifier.", "bert.pooler.", "pooler.")
    tensors = {f"initial.{n}": p.detach().clone() for n, p in model.named_parameters() if n.startswith(heads)}
    mean_loss(model, rows).backward()
    for n, p in model.named_parameters():
        if p.grad is not None:
            tensors[f"gradient.{n}"] = p.grad.clone()
    unused = sorted(n for n, p in model.named_parameters() if p.grad is None)
    model.zero_grad(set_to_none=True)
    trained = copy.deepcopy(model)
    losses = train(trained, steps, mean_loss)
    for n, p in trained.named_parameters():
        tensors[f"final.{n}"] = p.detach().clone()
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.safetensors"
    save_file({key: value.contiguous() for key, value in tensors.items()}, path)
    path.chmod(0o644)
    print(name, len(list(trained.named_parameters())), "parameters", unused, [round(loss, 4) for loss in losses])
    return {"losses": losses, "unused": unused, "decays": sorted(Trainer.get_decay_parameter_names(None, model))}


def main():
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    cases = dict(decoders()) | dict(classifiers())
    document = FOLDER / "cases.json"
    found = json.loads(document.read_text(encoding="utf-8"))["cases"] if document.exists() else {}
    for name in sys.argv[1:] or cases:
        found[name] = write(name, cases[name])
    settings = {"optimizer": OPTIMIZER, "weight_decay": WEIGHT_DECAY, "warmup_steps": WARMUP_STEPS,
                "max_grad_norm": MAX_GRAD_NORM}
    document.write_text(json.dumps(settings | {"cases": dict(sorted(found.items()))}, indent=1) + "\n")


if __name__ == "__main__":
    main()
