"""What every family's fixture holds, and how it is computed; see Tests/Fixtures/families/PROVENANCE.md."""

import copy
import json
import shutil
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast
from transformers.pytorch_utils import Conv1D
from transformers.utils import logging

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tiny import adapter, batches, training  # noqa: E402

FOLDER = Path(__file__).resolve().parents[3] / "Tests/Fixtures/families"
SEED = 20261124
STEPS = 10
END_OF_TEXT = "<|endoftext|>"
# A token a character of ASCII, the line feed and the space under byte-level BPE's names for them.
PIECES = [END_OF_TEXT, "Ċ", "Ġ", *(chr(code) for code in range(0x21, 0x7F))]
VOCABULARY_SIZE = len(PIECES)


@dataclass
class Case:
    """One folder of the fixture."""

    name: str
    """What is switched on in it; goes into the provenance."""
    particular: str
    """A configuration of transformers; the model's class follows from it."""
    config: object
    """Leaf names of the family's usual target modules."""
    targets: list[str]
    """Every linear projection but the head, by leaf name."""
    all_linear: list[str] | str = "all-linear"
    """Lengths of the sequences whose logits are compared."""
    lengths: list[int] = field(default_factory=lambda: [5, 9, 13])
    """Norms with 1 + w as their factor: their weights lie around 0."""
    norms_add_one: bool = False
    """Size of a shard, such as 20KB; None for one file."""
    shards: str | None = None


def sizes(**changes):
    """The settings that most families have under the same names: heads wider than hidden / heads, grouped queries."""
    values = dict(
        vocab_size=VOCABULARY_SIZE,
        hidden_size=24,
        intermediate_size=40,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=None,
        attn_implementation="eager",
    )
    return values | changes


def build(case):
    """A float32 model in evaluation mode, its weights drawn from SEED in the order of their names."""
    generator = torch.Generator().manual_seed(SEED)
    model = AutoModelForCausalLM.from_config(case.config, attn_implementation="eager")
    transposed = {f"{name}.weight" for name, module in model.named_modules() if isinstance(module, Conv1D)}
    embeddings = {f"{name}.weight" for name, module in model.named_modules() if isinstance(module, torch.nn.Embedding)}
    head = {"lm_head.weight", "embed_out.weight"}
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if name in embeddings | head:
                parameter.copy_((0.3 if "pos" in name or "wpe" in name else 0.6) * noise)
            elif parameter.ndim == 1 and name.endswith("weight"):
                parameter.copy_((0 if case.norms_add_one else 1) + 0.2 * noise)
            elif parameter.ndim == 1:
                parameter.copy_(0.2 * noise)
            else:
                inputs = parameter.shape[0 if name in transposed else 1]
                parameter.copy_(noise * 1.3 / inputs**0.5)
    return model.eval()


def tokenizer():
    """Byte-level BPE without merges."""
    bpe = Tokenizer(models.BPE(vocab={piece: index for index, piece in enumerate(PIECES)}, merges=[]))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    bpe.decoder = decoders.ByteLevel()
    bpe.add_special_tokens([END_OF_TEXT])
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe, bos_token=END_OF_TEXT, eos_token=END_OF_TEXT, clean_up_tokenization_spaces=False
    )


def draw_rows(generator, lengths):
    """Rows of random ids, supervised from somewhere in their first half on."""
    rows = []
    for length in lengths:
        ids = torch.randint(0, VOCABULARY_SIZE, (length,), generator=generator).tolist()
        start = 1 + int(torch.randint(0, max(1, length // 2), (1,), generator=generator))
        rows.append({"ids": ids, "completion_start": start})
    return rows


def training_batches(longest):
    generator = torch.Generator().manual_seed(SEED + 1)

    def lengths():
        count = int(torch.randint(1, 4, (1,), generator=generator))
        return torch.randint(4, longest + 1, (count,), generator=generator).tolist()

    return [draw_rows(generator, lengths()) for _ in range(STEPS)]


def write(case):
    """Makes the folder of one case anew."""
    warnings.simplefilter("ignore")
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    folder = FOLDER / case.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    base = build(case)
    base.save_pretrained(folder, **({"max_shard_size": case.shards} if case.shards else {}))
    tokenizer().save_pretrained(folder)

    rows = draw_rows(torch.Generator().manual_seed(SEED + 2), case.lengths)
    steps = training_batches(max(case.lengths))
    tensors = {"base.logits": no_grad(batches.logits, base, rows)}
    losses = {}
    for seed, (name, targets) in enumerate({"usual": case.targets, "all-linear": case.all_linear}.items()):

        def adapted():
            return adapter.attach(copy.deepcopy(base), targets, SEED + 3 + seed, base=case.name)

        save_adapter(adapted(), folder / name)
        tensors[f"{name}.logits"] = no_grad(batches.logits, adapted(), rows)
        merged = adapted().merge_and_unload()
        tensors[f"{name}.merged_logits"] = no_grad(batches.logits, merged, rows)
        for factor, gradient in training.gradients(adapted(), rows).items():
            tensors[f"{name}.{factor}"] = gradient
        losses[name] = training.train(adapted(), steps)["loss"]
    save_file({key: value.detach().contiguous() for key, value in tensors.items()}, folder / "reference.safetensors")
    reference = {
        "particular": case.particular,
        "rows": rows,
        "optimizer": training.OPTIMIZER,
        "max_grad_norm": training.MAX_GRAD_NORM,
        "warmup_steps": training.WARMUP_STEPS,
        "batches": steps,
        "losses": losses,
    }
    (folder / "reference.json").write_text(json.dumps(reference) + "\n", encoding="utf-8")
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)
    check(case, folder, tensors, rows, losses)


def save_adapter(adapted, folder):
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink()  # an empty model card
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    # PEFT writes a set in an order that changes from run to run.
    config["target_modules"] = sorted(config["target_modules"])
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def no_grad(function, *arguments):
    with torch.no_grad():
        return function(*arguments)


def check(case, folder, tensors, rows, losses):
    """What was written is read again by transformers; the adapters move the logits, and merging keeps them."""
    again = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    differences = {"read back": no_grad(batches.logits, again, rows) - tensors["base.logits"]}
    for name in losses:
        differences[f"{name} merged"] = tensors[f"{name}.merged_logits"] - tensors[f"{name}.logits"]
        assert (tensors[f"{name}.logits"] - tensors["base.logits"]).abs().max() > 0.1, name
        assert all(torch.isfinite(torch.tensor(losses[name]))), name
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    found = {key: difference.abs().max().item() for key, difference in differences.items()}
    print(f"{case.name}: {size // 1000} kB", *(f"{key} {value:.1e}" for key, value in found.items()))
    assert max(found.values()) < 1e-4, found
