"""Writes Tests/Fixtures/gguf-families: a tiny GGUF of each architecture and transformers' own logits of it.

    cd scripts/reference && python -m gguf_families      (versions: requirements.txt; ten seconds)
"""

import importlib.metadata
import json
import shutil
from pathlib import Path

import gguf
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from . import metadata, models, tensors, vocabularies

FIXTURES = Path(__file__).resolve().parents[3] / "Tests/Fixtures/gguf-families"
# Longer than the sliding windows and the short rotary factors reach; the second row is within them.
ROWS = [[(7 * i * i + 3 * i + 5) % (models.VOCABULARY - 8) + 8 for i in range(40)], [1, 40, 41, 99, 2]]


def write_gguf(name, architecture, model):
    writer = gguf.GGUFWriter(FIXTURES / f"{name}.gguf", architecture)
    writer.add_type("model")
    writer.add_name(f"tiny {name}")
    metadata.write(writer, architecture, model.config)
    vocabularies.write(writer, architecture)
    for tensor, array in tensors.converted(architecture, model).items():
        writer.add_tensor(tensor, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def outputs(model):
    """Per row the logits [T, V], of an encoder the last hidden state [T, d], of which the second row is all segment 1."""
    found = {}
    with torch.no_grad():
        for number, row in enumerate(ROWS):
            ids = torch.tensor([row])
            if model.config.model_type == "bert":
                found[f"hidden.{number}"] = model(ids, token_type_ids=torch.full_like(ids, number)).last_hidden_state[0]
            else:
                found[f"logits.{number}"] = model(ids, use_cache=False).logits[0]
    return {name: value.float().contiguous() for name, value in found.items()}


def check_reader(name, model, expected):
    """transformers' own GGUF reader turns the tensors back into the same model."""
    again = AutoModelForCausalLM.from_pretrained(
        FIXTURES, gguf_file=f"{name}.gguf", config=model.config, dtype=torch.float32, attn_implementation="eager")
    difference = max((outputs(again.eval())[key] - value).abs().max().item() for key, value in expected.items())
    print(f"{name}: read back by transformers, largest logit difference {difference:.1e}")
    assert difference < 1e-5, name


def main():
    torch.set_num_threads(1)
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    for name, (architecture, model) in models.build().items():
        write_gguf(name, architecture, model)
        expected = outputs(model)
        save_file(expected, FIXTURES / f"{name}.safetensors")
        (FIXTURES / f"{name}.safetensors").chmod(0o644)
        (FIXTURES / f"{name}.config.json").write_text(model.config.to_json_string(use_diff=False))
        if architecture not in ("bert", "gemma"):
            check_reader(name, model, expected)
        assert (FIXTURES / f"{name}.gguf").stat().st_size <= 150_000
    (FIXTURES / "rows.json").write_text(json.dumps(ROWS) + "\n")
    versions = {name: importlib.metadata.version(name) for name in ("torch", "transformers", "gguf", "safetensors")}
    text = (Path(__file__).parent / "PROVENANCE.md").read_text()
    (FIXTURES / "PROVENANCE.md").write_text(text.replace("VERSIONS", ", ".join(" ".join(v) for v in versions.items())))


if __name__ == "__main__":
    main()
