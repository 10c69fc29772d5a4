"""Checks what `lorad merge` writes with the gguf package, transformers and PEFT, on a real base.

usage: python scripts/reference/merged_export.py LORAD BASE.gguf ADAPTER_FOLDER      (versions: requirements.txt)

The reference is transformers on BASE.gguf with the adapter loaded by PEFT, unmerged. Merged by lorad, in both formats
and precisions, the model must give the same logits; the Hugging Face folder's tokenizer the ids of
Tests/Fixtures/tokenizers/hard_cases.json; the GGUF every other tensor's bytes and all metadata of the base. Then the
folder itself is the base of a second merge, so that every way from format to format is gone. The adapter written for
llama.cpp, unmerged, must add up with the base to the merged GGUF's weights.
Writes the figures to scripts/reference/merged_export.json and fails where one is out of bounds.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from gguf import GGUFReader, dequantize
from peft import PeftModel
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    "Review: a gripping, beautifully acted film\nSentiment:", "The capital of France is", "12 plus 30 is 42.",
    "<|im_start|>user\nSay hello.<|im_end|>\n<|im_start|>assistant\n", "She said: “It’s 5 o’clock” 😀 日本語",
]
# Of the largest logit: float32 sums in another order; bfloat16 keeps 8 bits of each weight.
BOUNDS = {"float32": 2**-13, "bfloat16": 2**-5}
CHAT = [{"role": "user", "content": "Say hello."}]


def logits(network, ids):
    with torch.no_grad():
        return [network(torch.tensor([row])).logits[0].double() for row in ids]


def merge(lorad, base, adapter, output, kind, dtype):
    command = [lorad, "merge", "--base", base, "--adapter", adapter, "--output", output, "--format", kind,
               "--dtype", dtype, "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def load_folder(path):
    return AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()


def load_gguf(path):
    return AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()


def check_gguf(base, written, dtype):
    """Metadata and tensors that no adapter touched are the base's."""
    before, after = GGUFReader(base), GGUFReader(written)
    skipped = {"general.file_type", "GGUF.version", "GGUF.tensor_count", "GGUF.kv_count"}
    metadata = {key: field.contents() for key, field in before.fields.items() if key not in skipped}
    assert metadata == {key: field.contents() for key, field in after.fields.items() if key not in skipped}
    tensors = {tensor.name: tensor for tensor in after.tensors}
    assert tensors.keys() == {tensor.name for tensor in before.tensors}
    kept = merged = 0
    for tensor in before.tensors:
        other = tensors[tensor.name]
        assert list(tensor.shape) == list(other.shape)
        if other.tensor_type == tensor.tensor_type:
            assert bytes(tensor.data) == bytes(other.data), tensor.name
            kept += 1
        else:
            assert other.tensor_type.name == {"float32": "F32", "bfloat16": "BF16"}[dtype], tensor.name
            merged += 1
    return {"tensors_kept": kept, "tensors_merged": merged, "metadata_keys": len(metadata)}


def check_adapter(lorad, base, adapter, merged, output):
    """The adapter as llama.cpp takes it, laid over the base's dequantised tensors, gives the merged ones."""
    command = [lorad, "merge", "--base", base, "--adapter", adapter, "--output", output, "--format", "gguf-lora"]
    subprocess.run(command, check=True, capture_output=True)
    pairs = GGUFReader(output / "adapter.gguf")
    fields = {key: field.contents() for key, field in pairs.fields.items()}
    assert [fields["general.type"], fields["adapter.type"], fields["general.architecture"]] == [
        "adapter", "lora", "llama"]
    matrices = {tensor.name: tensor.data for tensor in pairs.tensors}
    before, after = ({tensor.name: tensor for tensor in GGUFReader(path).tensors} for path in (base, merged))
    names = {name.rsplit(".", 1)[0] for name in matrices}
    worst = 0.0
    for name in names:
        a, b = matrices[name + ".lora_a"], matrices[name + ".lora_b"]
        weight = dequantize(before[name].data, before[name].tensor_type)
        update = fields["adapter.lora.alpha"] / a.shape[0] * (b @ a)
        worst = max(worst, float(abs(weight + update - after[name].data).max()))
    assert worst < 1e-5, worst
    print(f"GGUF adapter: {len(names)} modules, base + update differs from the merged GGUF by {worst:.1e} at most")
    return {"modules": len(names), "largest_weight_difference": worst}


def check_folder(folder, words, dtype):
    """The tokenizer's ids on the hard cases; the type of the weights and what config.json says of it."""
    own = AutoTokenizer.from_pretrained(folder)
    cases = json.loads((ROOT / "Tests/Fixtures/tokenizers/hard_cases.json").read_text())["smollm2"]
    wrong = [case["text"] for case in cases if own.encode(case["text"], add_special_tokens=False) != case["ids"]]
    assert not wrong, wrong[:3]
    assert all(own.decode(case["ids"]) == case["decoded"] for case in cases)
    for template in ({"add_generation_prompt": True}, {}):
        assert own.apply_chat_template(CHAT, tokenize=False, **template) == words.apply_chat_template(
            CHAT, tokenize=False, **template)
    assert [own.bos_token_id, own.eos_token_id, own.pad_token_id, own.unk_token_id] == [1, 2, 2, 0]
    with safe_open(folder / "model.safetensors", "pt") as file:
        kinds = {str(file.get_tensor(name).dtype) for name in file.keys()}
    network, report = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not report["missing_keys"] and not report["unexpected_keys"], report
    assert kinds == {f"torch.{dtype}"} == {str(network.dtype)}
    assert network.generation_config.eos_token_id == 2
    return {"hard_cases": len(cases)}


def unrecorded(adapter, folder):
    """The adapter without lorad's record of its base, so that it may be merged into another file of the same weights."""
    folder.mkdir()
    (folder / "adapter_config.json").write_text((adapter / "adapter_config.json").read_text())
    save_file(load_file(adapter / "adapter_model.safetensors"), folder / "adapter_model.safetensors", {"format": "pt"})
    return folder


def main():
    lorad, base, adapter = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), Path(sys.argv[3])
    words = AutoTokenizer.from_pretrained(base.parent, gguf_file=base.name)
    ids = [words.encode(text, add_special_tokens=False) for text in TEXTS]
    results = []

    def compare(title, network, expected, dtype, facts):
        found = logits(network, ids)
        difference = max((a - b).abs().max().item() for a, b in zip(found, expected))
        bound = BOUNDS[dtype] * max(rows.abs().max().item() for rows in expected)
        results.append({"model": title, "dtype": dtype, "largest_difference": difference, "bound": bound, **facts})
        print(f"{title:32} {dtype:9} {difference:.1e} of {bound:.1e} allowed  {facts}", flush=True)

    with tempfile.TemporaryDirectory(dir=ROOT / ".build") as scratch:
        scratch = Path(scratch)
        plain = logits(load_gguf(base), ids)
        adapted = logits(PeftModel.from_pretrained(load_gguf(base), adapter).eval(), ids)
        moved = max((a - b).abs().max().item() for a, b in zip(plain, adapted))
        for dtype in BOUNDS:
            folder, file = scratch / f"folder-{dtype}", scratch / f"gguf-{dtype}"
            merge(lorad, base, adapter, folder, "safetensors", dtype)
            facts = check_folder(folder, words, dtype)
            compare("GGUF to folder", load_folder(folder), adapted, dtype, facts)
            merge(lorad, base, adapter, file, "gguf", dtype)
            facts = check_gguf(base, file / "model.gguf", dtype)
            compare("GGUF to GGUF", load_gguf(file / "model.gguf"), adapted, dtype, facts)
        converted = check_adapter(lorad, base, adapter, scratch / "gguf-float32/model.gguf", scratch / "gguf-lora")
        again = unrecorded(adapter, scratch / "adapter")
        second = scratch / "folder-float32"
        adapted = logits(PeftModel.from_pretrained(load_folder(second), again).eval(), ids)
        for dtype in BOUNDS:
            for kind in ("safetensors", "gguf"):
                output = scratch / f"second-{kind}-{dtype}"
                written = Path(merge(lorad, second, again, output, kind, dtype)["model"])
                network = load_gguf(written) if kind == "gguf" else load_folder(written)
                compare(f"folder to {'GGUF' if kind == 'gguf' else 'folder'}", network, adapted, dtype, {})
                if kind == "gguf":
                    tokens = AutoTokenizer.from_pretrained(output, gguf_file="model.gguf")
                    assert [tokens.encode(text, add_special_tokens=False) for text in TEXTS] == ids
                    assert tokens.chat_template == words.chat_template
    print(f"the adapter moves a logit by {moved:.2f}")
    document = {"adapter_moves_a_logit_by": moved, "results": results, "gguf_adapter": converted}
    Path(__file__).with_suffix(".json").write_text(json.dumps(document, indent=1) + "\n")
    if any(result["largest_difference"] > result["bound"] for result in results):
        sys.exit("a logit differs by more than its bound")


main()
