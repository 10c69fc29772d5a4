"""What transformers makes of config.json's keys and of heads that are stored otherwise than the flag says.

usage: python scripts/reference/configurations.py      (versions: requirements.txt; one thread)

Takes the tiny models of Tests/Fixtures/families and Tests/Fixtures/classifiers, changes config.json and the vocabulary
head of each as CASES says, and writes the logits of the last token of the first reference row to
Tests/Fixtures/configurations/cases.json. Where transformers refuses, so says the case. Of the encoders it checks that
their outputs stay the same bits, and lists them.
"""

import json
import shutil
import tempfile
import warnings
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForCausalLM
from transformers.utils import logging

ROOT = Path(__file__).resolve().parents[2] / "Tests/Fixtures"
FOREIGN = {"head_dim": 4, "num_key_value_heads": 1}
LINEAR = {"rope_type": "linear", "factor": 4.0}

# Folder, what config.json gains (None removes a key), and how the vocabulary head is stored: "own" is the embedding with
# its rows in reverse order, "equal" the embedding again, "alone" the embedding under the head's name.
CASES = [
    ("gpt2", FOREIGN, None),
    ("opt", FOREIGN, None),
    ("gpt_neox", {"num_key_value_heads": 1}, None),
    ("gpt_neox", {"head_dim": 8, "rope_parameters": None, "rotary_pct": 0.5}, None),
    ("gpt2", {"n_layer": 1, "num_hidden_layers": 2}, None),
    ("gemma", {"hidden_act": "gelu", "hidden_activation": "relu"}, None),
    ("gemma", {"hidden_act": "relu"}, None),
    # Where theta and the scaling stand, and which of them counts.
    *[(name, {"rope_scaling": LINEAR}, None) for name in ["mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3", "gpt_neox"]],
    *[(name, {"rope_scaling": LINEAR, "rope_theta": 500.0}, None) for name in ["mistral", "gemma3", "gpt_neox"]],
    ("mistral", {"rope_scaling": LINEAR | {"rope_theta": 70.0}, "rope_theta": 500.0}, None),
    ("mistral", {"rope_scaling": {"type": "linear", "factor": 3.0}}, None),
    ("mistral", {"rope_scaling": {}, "rope_theta": 500.0}, None),
    ("mistral", {"rope_parameters": {"rope_type": "default", "rope_theta": 300.0}, "rope_theta": 500.0}, None),
    ("mistral", {"rope_parameters": LINEAR, "rope_theta": 500.0}, None),
    ("mistral", {"rope_parameters": None, "rope_theta": 500.0}, None),
    ("mistral", {"rope_parameters": None}, None),
    ("mistral", {"rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.5}}, None),
    ("gpt_neox", {"rope_parameters": None, "rotary_emb_base": 200.0, "rotary_pct": 0.5}, None),
    ("gpt_neox", {"rope_parameters": None, "rope_theta": 200.0, "partial_rotary_factor": 0.5}, None),
    ("gpt_neox", {"rope_parameters": {"rope_theta": 300.0}, "rotary_emb_base": 200.0, "rotary_pct": 0.5}, None),
    ("gemma3", {"rope_parameters": None}, None),
    ("gemma3", {"rope_parameters": None, "rope_theta": 500.0, "rope_local_base_freq": 70.0}, None),
    ("gemma3", {"rope_parameters": None, "rope_scaling": LINEAR}, None),
    ("gemma3", {"rope_parameters": None, "rope_scaling": {"type": "linear", "factor": 4.0}}, None),
    ("gemma3", {"rope_parameters": LINEAR | {"rope_theta": 300.0}}, None),
    ("gemma3", {"rope_parameters": {"sliding_attention": {"rope_type": "default"}}, "rope_scaling": LINEAR}, None),
    ("phi3", {"rope_scaling": LINEAR}, None),
    ("phi3", {"rope_parameters": {"rope_type": "default", "rope_theta": 300.0}, "partial_rotary_factor": 0.5}, None),
    ("phi3-longrope", {"original_max_position_embeddings": None}, None),
    # Heads of their own under a flag that ties, and tied ones that are stored otherwise.
    *[(name, {"tie_word_embeddings": True}, "own") for name in ["mistral", "gpt_neox", "phi3"]],
    *[(name, {}, head) for name in ["gpt2", "opt", "gemma", "qwen2"] for head in ["own", "equal", "alone"]],
    ("gemma", {"tie_word_embeddings": None}, "own"),
    ("qwen2", {"tie_word_embeddings": False}, "own"),
    ("gpt_neox", {"tie_word_embeddings": True}, "alone"),
]
ENCODERS = ["bert-pair", "roberta", "deberta", "deberta-v3"]
EMBEDDINGS = {"gpt2": "transformer.wte", "opt": "model.decoder.embed_tokens", "gpt_neox": "gpt_neox.embed_in"}


def prepare(source, folder, changes, head):
    shutil.copytree(source, folder)
    config = json.loads((folder / "config.json").read_text())
    for key, value in changes.items():
        if value is None:
            config.pop(key, None)
        else:
            config[key] = value
    (folder / "config.json").write_text(json.dumps(config))
    if head is None:
        return
    kind = config["model_type"]
    embedding = EMBEDDINGS.get(kind, "model.embed_tokens") + ".weight"
    name = ("embed_out" if kind == "gpt_neox" else "lm_head") + ".weight"
    tensors = load_file(folder / "model.safetensors")
    table = tensors.pop(embedding) if head == "alone" else tensors[embedding]
    tensors[name] = (table.flip(0) if head == "own" else table).clone()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def logits(folder, ids):
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0, -1].tolist()


def encoder_outputs(folder):
    model = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    with torch.no_grad():
        return model(torch.arange(5, 15)[None]).last_hidden_state


def main():
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    cases = []
    with tempfile.TemporaryDirectory() as temporary:
        for index, (name, changes, head) in enumerate(CASES):
            folder = Path(temporary) / str(index)
            source = ROOT / "families" / name
            prepare(source, folder, changes, head)
            ids = json.loads((source / "reference.json").read_text())["rows"][1]["ids"]
            case = {"folder": name, "config": changes, "head": head, "ids": ids}
            try:
                case["logits"] = [float(f"{value:.7g}") for value in logits(folder, ids)]
            except Exception as error:  # noqa: BLE001
                case["refused"] = type(error).__name__ + ": " + str(error).splitlines()[0][:100]
            cases.append(case)
            print(name, changes, head, case.get("refused", "computed"))
        for name in ENCODERS:
            base = ROOT / "classifiers" / name / "base"
            prepare(base, Path(temporary) / name, FOREIGN, None)
            assert torch.equal(encoder_outputs(base), encoder_outputs(Path(temporary) / name)), name
    document = {"cases": cases, "encoders": ENCODERS, "foreign": FOREIGN}
    lines = ",\n  ".join(json.dumps(case) for case in cases)
    text = f'{{"encoders": {json.dumps(ENCODERS)},\n "foreign": {json.dumps(FOREIGN)},\n "cases": [\n  {lines}\n]}}\n'
    assert json.loads(text) == document
    (ROOT / "configurations/cases.json").write_text(text)


if __name__ == "__main__":
    main()
