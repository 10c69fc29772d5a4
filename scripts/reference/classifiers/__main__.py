"""Writes Tests/Fixtures/classifiers: tiny random models with classification heads, LoRA and head trained by PEFT.

usage: python scripts/reference/classifiers [CASE …]      (versions: ../requirements.txt)

A case's folder holds the base, PEFT's adapter with the head, the rows, and what must come out: logits of the base with
the head it started from and with the adapter, of the merged model, gradients, ten AdamW losses. Rows are computed one by
one, without padding. The same versions on the same machine give the same bytes.
"""

import copy
import json
import shutil
import sys
import warnings
from pathlib import Path

import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers.utils import logging

import deberta
import gguf_base
from tokenizer import word_piece

FOLDER = Path(__file__).resolve().parents[3] / "Tests/Fixtures/classifiers"
SEED, STEPS = 20261124, 10
OPTIMIZER = dict(lr=2e-3, betas=(0.9, 0.999), eps=1e-8)
WEIGHT_DECAY, MAX_GRAD_NORM = 0.01, 1.0
VOCABULARY = 60
SIZES = dict(
    vocab_size=VOCABULARY, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
    max_position_embeddings=48)
NO_DROPOUT = dict(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, classifier_dropout=0.0)


def bert(**changes):
    return transformers.BertConfig(**(SIZES | NO_DROPOUT | dict(pad_token_id=0) | changes))


def roberta(**changes):
    # A sequence may have 48 − 3 − 1 = 44 tokens: positions begin after the padding token's id.
    return transformers.RobertaConfig(
        **(SIZES | NO_DROPOUT | dict(pad_token_id=3, bos_token_id=1, eos_token_id=2, type_vocab_size=1) | changes))


def llama(**changes):
    return transformers.LlamaConfig(
        **(SIZES | dict(num_key_value_heads=2, pad_token_id=0, bos_token_id=1, eos_token_id=2,
                        tie_word_embeddings=False) | changes))


def opt(**changes):
    sizes = {key: value for key, value in SIZES.items() if key != "intermediate_size"}
    return transformers.OPTConfig(
        **(sizes | dict(ffn_dim=40, word_embed_proj_dim=16, do_layer_norm_before=False, dropout=0.0, pad_token_id=0,
                        bos_token_id=1, eos_token_id=2) | changes))


# name: (configuration, labels, how the base is saved, targets, modules_to_save beside the head)
CASES = {
    # As all-MiniLM-L6-v2: no prefix, a pooler, no classifier. `dense` is the pooler's too.
    "bert-pair": (bert(), 3, "encoder", ["query", "value", "dense"], []),
    # A checkpoint with its own head of one output, and every linear projection.
    "bert-regression": (bert(hidden_act="gelu_new"), 1, "classifier", "all-linear", []),
    # No pooler: it is drawn at random and saved with the adapter.
    "bert-headless": (bert(hidden_act="relu"), 2, "headless", ["query", "key", "value"], ["pooler"]),
    # As llama.cpp's converter leaves it: no pooler, and all in one file.
    "bert-gguf": (bert(), 3, "gguf", ["query", "value", "output.dense"], ["pooler"]),
    "roberta": (roberta(), 2, "classifier", ["query", "value", "intermediate.dense"], []),
    "llama": (llama(), 3, "causal", ["q_proj", "v_proj"], []),
    # Embeddings narrower than the model, whose projections take an adapter each; the head reads what the second gives.
    "opt-350m": (opt(), 3, "causal", ["q_proj", "project_in", "project_out"], []),
} | deberta.cases(SIZES)
# Tokens of the longest row whose logits are compared.
LONGEST = {"roberta": 44} | deberta.LONGEST


def randomise(model):
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name.lower() and name.endswith("weight"):
                parameter.copy_(1 + 0.2 * noise)
            elif parameter.ndim == 1:
                parameter.copy_(0.2 * noise)
            elif "embed" in name:
                parameter.copy_(0.5 * noise)
            else:
                parameter.copy_(1.3 * noise / parameter.shape[1] ** 0.5)


def build(config, labels):
    config = copy.deepcopy(config)
    config.num_labels = labels
    config.problem_type = "regression" if labels == 1 else "single_label_classification"
    model = transformers.AutoModelForSequenceClassification.from_config(config, attn_implementation="eager")
    randomise(model)
    return model.eval()


def save_base(model, how, folder):
    """As `encoder` (no prefix, with its pooler), `headless` (no pooler either), `gguf`, `classifier` or `causal`."""
    if how == "classifier":
        model.save_pretrained(folder)
    elif how == "causal":
        causal = transformers.AutoModelForCausalLM.from_config(model.config)
        randomise(causal)
        causal.model.load_state_dict(model.model.state_dict())
        causal.save_pretrained(folder)
    else:
        encoder = copy.deepcopy(model.base_model)
        if how != "encoder":
            encoder.pooler = None
        if how == "gguf":
            folder.mkdir()
            gguf_base.write(encoder, word_piece(VOCABULARY, pad=0), folder / "base.gguf")
        else:
            encoder.save_pretrained(folder)


def attach(model, targets, more):
    config = LoraConfig(
        r=4, lora_alpha=8, lora_dropout=0.0, target_modules=targets, task_type="SEQ_CLS",
        modules_to_save=["classifier", "score", *more] if more else None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        adapted = get_peft_model(model, config)
    adapted.peft_config["default"].base_model_name_or_path = "tiny"
    generator = torch.Generator().manual_seed(SEED + 1)
    with torch.no_grad():
        for name, parameter in sorted(trained(adapted).items()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "lora_" in name:
                parameter.copy_((0.1 if "lora_B" in name else 0.5 / parameter.shape[1] ** 0.5) * noise)
            else:
                parameter.add_(0.1 * noise)
    return adapted.eval()


def trained(adapted):
    """{the name that PEFT saves it under: parameter}."""
    return {
        name.replace(".default", "").replace(".modules_to_save", ""): parameter
        for name, parameter in adapted.named_parameters() if parameter.requires_grad
    }


def draw_rows(generator, count, labels, pairs, longest):
    rows = []
    for _ in range(count):
        length = int(torch.randint(3, longest + 1, (1,), generator=generator))
        # Ids from 5 on: no padding, whose embedding transformers treats apart.
        ids = torch.randint(5, VOCABULARY, (length,), generator=generator).tolist()
        second = length - int(torch.randint(0, length, (1,), generator=generator)) if pairs else length
        label = torch.randn((), generator=generator).item() if labels == 1 else int(
            torch.randint(0, labels, (1,), generator=generator))
        row = {"ids": ids, "label": round(label, 3) if labels == 1 else label}
        rows.append(row | ({"types": [0] * second + [1] * (length - second)} if pairs else {}))
    return rows


def inputs(row):
    found = {"input_ids": torch.tensor([row["ids"]])}
    if "types" in row:
        found["token_type_ids"] = torch.tensor([row["types"]])
    return found


def logits(model, row):
    return model(**inputs(row)).logits[0]


def mean_loss(model, rows):
    losses = []
    for row in rows:
        z = logits(model, row)
        if z.numel() == 1:
            losses.append((z[0] - row["label"]) ** 2)
        else:
            losses.append(torch.nn.functional.cross_entropy(z[None], torch.tensor([row["label"]])))
    return sum(losses) / len(losses)


def train(adapted, batches):
    parameters = trained(adapted)
    decays = [p for n, p in parameters.items() if not n.endswith(".bias")]
    rest = [p for n, p in parameters.items() if n.endswith(".bias")]
    optimizer = torch.optim.AdamW(
        [{"params": decays, "weight_decay": WEIGHT_DECAY}, {"params": rest, "weight_decay": 0.0}], **OPTIMIZER)
    losses, norms = [], []
    for rows in batches:
        optimizer.zero_grad(set_to_none=True)
        loss = mean_loss(adapted, rows)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(list(parameters.values()), MAX_GRAD_NORM).item())
        losses.append(loss.item())
        optimizer.step()
    return losses, norms


def write(name):
    config, labels, how, targets, more = CASES[name]
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    base = build(config, labels)
    save_base(base, how, folder / "base")
    if how != "gguf":
        word_piece(VOCABULARY, pad=config.pad_token_id).save(str(folder / "base/tokenizer.json"))
    adapted = attach(copy.deepcopy(base), copy.deepcopy(targets), more)
    adapted.save_pretrained(folder / "adapter")
    (folder / "adapter/README.md").unlink()
    generator = torch.Generator().manual_seed(SEED + 2)
    pairs = getattr(config, "type_vocab_size", 0) > 1
    rows = draw_rows(generator, 4, labels, pairs, LONGEST.get(name, 20))
    batches = [draw_rows(generator, 3, labels, pairs, 14) for _ in range(STEPS)]
    values = {}
    with torch.no_grad():
        values["base.logits"] = torch.stack([logits(base, row) for row in rows])
        values["adapter.logits"] = torch.stack([logits(adapted, row) for row in rows])
        merged = copy.deepcopy(adapted).merge_and_unload()
        values["merged.logits"] = torch.stack([logits(merged, row) for row in rows])
        if config.model_type.startswith("deberta"):
            values["every.logits"] = torch.cat([deberta.every_logits(base, inputs(row)) for row in rows])
    mean_loss(adapted, rows).backward()
    for key, parameter in trained(adapted).items():
        values[f"gradient.{key}"] = parameter.grad.clone()
    save_file({key: value.contiguous() for key, value in values.items()}, folder / "values.safetensors")
    losses, norms = train(adapted, batches)
    document = {
        "rows": rows, "batches": batches, "losses": losses, "gradient_norms": norms, "labels": labels,
        "head_in_base": how == "classifier", "targets": targets, "slots": sorted(
            key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
            for key in trained(adapted) if "lora_A" in key),
    }
    (folder / "case.json").write_text(json.dumps(document, indent=1) + "\n")
    print(name, [round(loss, 4) for loss in losses])


def main():
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    for name in sys.argv[1:] or CASES:
        write(name)


if __name__ == "__main__":
    main()
