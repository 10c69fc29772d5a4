"""What a sequence classifier's fixture holds, and how it is computed; see Tests/Fixtures/classifiers/PROVENANCE.md."""

import copy
import json
import shutil
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import common
import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from tiny import training
from transformers import AutoModel, AutoModelForSequenceClassification
from transformers.utils import logging

FOLDER = Path(__file__).resolve().parents[3] / "Tests/Fixtures/classifiers"
STEPS = 10


@dataclass
class ClassifierCase:
    """One folder of the fixture."""

    name: str
    """What is switched on in it; goes into the reference."""
    particular: str
    """A configuration of transformers; the model's class follows from it."""
    config: object
    """Leaf names of the family's usual target modules."""
    targets: list[str]
    """Every linear projection but the head and the embeddings', by leaf name."""
    all_linear: list[str]
    """What is trained in full and saved whole."""
    head: list[str]
    """Lengths of the rows whose logits are compared."""
    lengths: list[int] = field(default_factory=lambda: [5, 9, 24])

    def write(self):
        write(self)


def sizes(**changes):
    """The settings that encoders have under the same names; no dropout."""
    values = dict(
        vocab_size=common.VOCABULARY_SIZE,
        hidden_size=24,
        intermediate_size=40,
        num_hidden_layers=2,
        num_attention_heads=3,
        max_position_embeddings=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=0,
        id2label={0: "no", 1: "maybe", 2: "yes"},
        label2id={"no": 0, "maybe": 1, "yes": 2},
    )
    return values | changes


def regression(**changes):
    """The settings of a base that gives one number."""
    return dict(id2label={0: "score"}, label2id={"score": 0}, problem_type="regression") | changes


def build(case):
    """A float32 model in evaluation mode, its weights drawn from the seed in the order of their names."""
    generator = torch.Generator().manual_seed(common.SEED)
    model = AutoModelForSequenceClassification.from_config(case.config)
    embeddings = {f"{name}.weight" for name, module in model.named_modules() if isinstance(module, torch.nn.Embedding)}
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if name in embeddings:
                parameter.copy_(0.6 * noise)
            elif parameter.ndim == 1:
                parameter.copy_((1 if name.endswith("weight") else 0) + 0.2 * noise)
            else:
                parameter.copy_(noise * 1.3 / parameter[0].numel() ** 0.5)
    return model.eval()


def draw_rows(case, generator, lengths):
    """Rows of random ids and labels; where the base tells texts of a pair apart, with a second text in most."""
    labels = len(case.config.id2label)
    types = getattr(case.config, "type_vocab_size", 0)
    rows = []
    for length in lengths:
        # Special tokens take part like any other; id 0 is padding.
        row = {"ids": torch.randint(1, common.VOCABULARY_SIZE, (length,), generator=generator).tolist()}
        if types > 1:
            second = int(torch.randint(1, length + 1, (1,), generator=generator))
            row["types"] = [0] * second + [1] * (length - second)
        if labels == 1:
            row["label"] = round(float(torch.randn((), generator=generator)), 3)
        else:
            row["label"] = int(torch.randint(0, labels, (1,), generator=generator))
        rows.append(row)
    return rows


def inputs(row):
    found = {"input_ids": torch.tensor([row["ids"]])}
    if "types" in row:
        found["token_type_ids"] = torch.tensor([row["types"]])
    return found


def logits(model, rows):
    """[rows, labels], each row run by itself: no padding."""
    return torch.cat([model(**inputs(row)).logits for row in rows])


def hidden(model, rows):
    """The last layer's output, [all tokens, hidden], the rows end to end."""
    return torch.cat([model(**inputs(row)).last_hidden_state[0] for row in rows])


def mean_loss(model, rows):
    """Cross entropy or squared error, averaged over the rows."""
    found = logits(model, rows)
    if found.shape[1] == 1:
        return F.mse_loss(found[:, 0], torch.tensor([row["label"] for row in rows]))
    return F.cross_entropy(found, torch.tensor([row["label"] for row in rows]))


def attach(case, model, targets, seed):
    """Rank 4, alpha 8, no dropout. Neither B nor what was added to the head is zero: all of it changes the logits."""
    config = LoraConfig(
        r=4, lora_alpha=8, lora_dropout=0.0, target_modules=targets, modules_to_save=list(case.head), bias="none",
        task_type="SEQ_CLS",
    )
    adapted = get_peft_model(model, config)
    adapted.peft_config["default"].base_model_name_or_path = case.name
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(trainable(adapted).items()):
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith("lora_B"):
                parameter.copy_(0.1 * noise)
            elif name.endswith("lora_A"):
                parameter.copy_(noise * 0.5 / parameter.shape[1] ** 0.5)
            else:
                parameter.add_(0.1 * noise)
    return adapted.eval()


def trainable(adapted):
    """{"…query_proj.lora_A": parameter, "classifier.weight": parameter, …}: paths in the base."""
    found = {}
    for name, parameter in adapted.named_parameters():
        name = name.removeprefix("base_model.model.")
        if "lora_" in name:
            found[name.removesuffix(".default.weight")] = parameter
        elif ".modules_to_save.default." in name:
            found[name.replace(".modules_to_save.default.", ".")] = parameter
    return found


def train(adapted, batches):
    """Trains in place; the loss before each update."""
    parameters = list(trainable(adapted).values())
    optimizer = torch.optim.AdamW(parameters, **training.OPTIMIZER)
    scheduler = training.get_linear_schedule_with_warmup(optimizer, training.WARMUP_STEPS, training.STEPS)
    losses = []
    for rows in batches:
        optimizer.zero_grad(set_to_none=True)
        loss = mean_loss(adapted, rows)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, training.MAX_GRAD_NORM)
        losses.append(loss.item())
        optimizer.step()
        scheduler.step()
    return losses


def gradients(adapted, rows):
    adapted.zero_grad(set_to_none=True)
    mean_loss(adapted, rows).backward()
    return {name: parameter.grad.clone() for name, parameter in trainable(adapted).items()}


def write(case):
    """Makes the folder of one case anew."""
    warnings.simplefilter("ignore")
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    folder = FOLDER / case.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    base = build(case)
    base.save_pretrained(folder)
    common.tokenizer().save_pretrained(folder)

    rows = draw_rows(case, torch.Generator().manual_seed(common.SEED + 2), case.lengths)
    generator = torch.Generator().manual_seed(common.SEED + 1)

    def lengths():
        count = int(torch.randint(2, 5, (1,), generator=generator))
        return torch.randint(3, max(case.lengths) + 1, (count,), generator=generator).tolist()

    steps = [draw_rows(case, generator, lengths()) for _ in range(STEPS)]
    bare = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    tensors = {
        "base.logits": common.no_grad(logits, base, rows),
        "base.hidden": common.no_grad(hidden, bare, rows),
    }
    losses = {}
    for seed, (name, targets) in enumerate({"usual": case.targets, "all-linear": case.all_linear}.items()):

        def adapted():
            return attach(case, copy.deepcopy(base), targets, common.SEED + 3 + seed)

        save_adapter(adapted(), folder / name)
        tensors[f"{name}.logits"] = common.no_grad(logits, adapted(), rows)
        tensors[f"{name}.merged_logits"] = common.no_grad(logits, adapted().merge_and_unload(), rows)
        for parameter, gradient in gradients(adapted(), rows).items():
            tensors[f"{name}.{parameter}"] = gradient
        losses[name] = train(adapted(), steps)
    save_file({key: value.detach().contiguous() for key, value in tensors.items()}, folder / "reference.safetensors")
    reference = {
        "particular": case.particular,
        "head": sorted(case.head),
        "rows": rows,
        "optimizer": training.OPTIMIZER,
        "max_grad_norm": training.MAX_GRAD_NORM,
        "warmup_steps": training.WARMUP_STEPS,
        "schedule_steps": training.STEPS,
        "batches": steps,
        "losses": losses,
    }
    (folder / "reference.json").write_text(json.dumps(reference) + "\n", encoding="utf-8")
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)
    check(case, folder, tensors, rows, losses)


def save_adapter(adapted, folder):
    common.save_adapter(adapted, folder)
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["modules_to_save"] = sorted(config["modules_to_save"])
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def check(case, folder, tensors, rows, losses):
    """What was written is read again by transformers; the adapters move the logits, and merging keeps them."""
    again = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    differences = {"read back": common.no_grad(logits, again, rows) - tensors["base.logits"]}
    for name in losses:
        differences[f"{name} merged"] = tensors[f"{name}.merged_logits"] - tensors[f"{name}.logits"]
        assert (tensors[f"{name}.logits"] - tensors["base.logits"]).abs().max() > 0.05, name
        assert all(torch.isfinite(torch.tensor(losses[name]))), name
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    found = {key: difference.abs().max().item() for key, difference in differences.items()}
    print(f"{case.name}: {size // 1000} kB", *(f"{key} {value:.1e}" for key, value in found.items()))
    assert max(found.values()) < 1e-4, found
