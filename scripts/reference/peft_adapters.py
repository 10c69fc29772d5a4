"""What the scripts that write adapters of PEFT's on the bases of Tests/Fixtures/families share."""

import json
import sys
import warnings
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from tiny import batches  # noqa: E402

FIXTURES = HERE.parents[1] / "Tests/Fixtures"


def be_quiet_and_deterministic():
    warnings.simplefilter("ignore")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def base_and_rows(name):
    """A base, and the document of its rows and of the batches of ten steps."""
    folder = FIXTURES / "families" / name
    base = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    return base, json.loads((folder / "reference.json").read_text(encoding="utf-8"))


def save(adapted, folder, **options):
    """As `save_pretrained`, in bytes that do not change from run to run."""
    adapted.save_pretrained(folder, **options)
    (folder / "README.md").unlink()
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    # PEFT writes a set in an order of its own.
    config["target_modules"] = sorted(config["target_modules"])
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def losses(adapted, parameters, rows_of_steps, learning_rate):
    """The loss of each step of AdamW, before its update."""
    optimizer = torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=0.0)
    found = []
    for rows in rows_of_steps:
        optimizer.zero_grad(set_to_none=True)
        loss = batches.mean_loss(adapted, rows)
        loss.backward()
        found.append(loss.item())
        optimizer.step()
    return found


def gradients(adapted, trained, rows):
    """The gradient of the rows' mean loss in each of `trained`, {name: parameter}, as tensors of a file."""
    batches.mean_loss(adapted, rows).backward()
    return {f"gradient.{name}": parameter.grad.clone() for name, parameter in trained.items()}
