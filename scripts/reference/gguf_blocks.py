"""Writes Tests/Fixtures/gguf-blocks: quantised blocks and what the gguf package decodes them to.

    python scripts/reference/gguf_blocks.py      (versions: requirements.txt; a second)

The gguf package decodes the K-quants but does not make them, so blocks are random bytes: every bit of a layout is used.
"""

import hashlib
import json
import pathlib
import shutil

import gguf
import numpy as np
from safetensors.numpy import save_file

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/gguf-blocks"
SEED = 20261124
# Byte offsets of the float16 scales in a block of each type.
SCALES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0],
}
# Zeros, the least subnormal, the largest subnormal, the least normal, the largest, infinities, quiet and signalling NaN.
EXTREMES = [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x0400, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E00, 0xFE00, 0x7D01]


def kind(name):
    return gguf.GGMLQuantizationType[name]


def blocks(rng, name, rows, columns, spread=1.0):
    """Random blocks of `rows` × `columns` elements whose scales are normally distributed."""
    elements, size = gguf.GGML_QUANT_SIZES[kind(name)]
    data = rng.integers(0, 256, (rows * columns // elements, size), dtype=np.uint8)
    for offset in SCALES[name]:
        scales = rng.normal(0, spread, len(data)).astype(np.float16)
        data[:, offset:offset + 2] = scales.view(np.uint8).reshape(-1, 2)
    return data.reshape(rows, -1)


def with_extremes(rng, name):
    """A block with each extreme as one of its scales, and the extremes with one another where there are two."""
    pairs = [(a, None) for a in EXTREMES]
    if len(SCALES[name]) == 2:
        pairs += [(None, a) for a in EXTREMES] + [(0x7C00, 0x7C00), (0x7C00, 0xFC00), (0x7BFF, 0xFBFF), (0, 0x8000)]
    elements, _ = gguf.GGML_QUANT_SIZES[kind(name)]
    data = blocks(rng, name, len(pairs), elements)
    for block, pair in zip(data, pairs):
        for offset, scale in zip(SCALES[name], pair):
            if scale is not None:
                block[offset:offset + 2] = np.array([scale], np.uint16).view(np.uint8)
    return data


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_blocks(rng):
    writer = gguf.GGUFWriter(FIXTURES / "blocks.gguf", "llama")
    expected = {}
    for name in SCALES:
        for label, data in {"random": blocks(rng, name, 3, 512), "extreme": with_extremes(rng, name)}.items():
            writer.add_tensor(f"{label}.{name}", data, raw_dtype=kind(name))
            with np.errstate(all="ignore"):
                expected[f"{label}.{name}"] = np.ascontiguousarray(gguf.quants.dequantize(data, kind(name)))
    finish(writer)
    save_file(expected, FIXTURES / "blocks.safetensors")
    (FIXTURES / "blocks.safetensors").chmod(0o644)


# As llama.cpp mixes types in a Q4_K_M file, and what it falls back to where a row is no multiple of 256.
MODEL = {"hidden": 256, "inner": 32, "layers": 2, "heads": 2, "kv": 1, "dim": 16, "vocabulary": 24}
TYPES = [
    {"q": "Q4_K", "k": "Q5_K", "v": "Q6_K", "o": "Q5_0", "gate": "Q4_K", "up": "Q3_K", "down": "Q5_1"},
    {"q": "Q2_K", "k": "IQ4_XS", "v": "Q8_0", "o": "IQ4_NL", "gate": "Q5_K", "up": "Q4_1", "down": "Q4_0"},
]


def model_tensors():
    """Hugging Face name: (shape, type, heads whose rows are permuted)."""
    h, f, d = MODEL["hidden"], MODEL["inner"], MODEL["dim"]
    q, kv = MODEL["heads"] * d, MODEL["kv"] * d
    tensors = {"model.embed_tokens": (MODEL["vocabulary"], h, "Q6_K", None)}
    for index, types in enumerate(TYPES):
        attention, mlp = f"model.layers.{index}.self_attn.", f"model.layers.{index}.mlp."
        tensors |= {
            attention + "q_proj": (q, h, types["q"], MODEL["heads"]), attention + "k_proj": (kv, h, types["k"], MODEL["kv"]),
            attention + "v_proj": (kv, h, types["v"], None), attention + "o_proj": (h, q, types["o"], None),
            mlp + "gate_proj": (f, h, types["gate"], None), mlp + "up_proj": (f, h, types["up"], None),
            mlp + "down_proj": (h, f, types["down"], None),
        }
    return tensors


def unpermuted(values, heads):
    """llama.cpp's converter alternates the halves of each head of q and k; this puts them behind one another again."""
    rows = values.shape[0]
    return values.reshape(heads, rows // heads // 2, 2, -1).swapaxes(1, 2).reshape(values.shape)


def write_model(rng):
    writer = gguf.GGUFWriter(FIXTURES / "mixed.gguf", "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(MODEL["hidden"])
    writer.add_block_count(MODEL["layers"])
    writer.add_feed_forward_length(MODEL["inner"])
    writer.add_head_count(MODEL["heads"])
    writer.add_head_count_kv(MODEL["kv"])
    writer.add_key_length(MODEL["dim"])
    writer.add_value_length(MODEL["dim"])
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(MODEL["dim"])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(MODEL["vocabulary"])
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, MODEL["layers"])
    hashes = {}
    for name, (rows, columns, dtype, heads) in model_tensors().items():
        data = blocks(rng, dtype, rows, columns, spread=0.01)
        writer.add_tensor(names.get_name(name) + ".weight", data, raw_dtype=kind(dtype))
        values = gguf.quants.dequantize(data, kind(dtype))
        values = values if heads is None else unpermuted(values, heads)
        hashes[name + ".weight"] = hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
    for layer in range(MODEL["layers"]):
        for norm in ("input_layernorm", "post_attention_layernorm"):
            add_norm(writer, names, hashes, rng, f"model.layers.{layer}.{norm}")
    add_norm(writer, names, hashes, rng, "model.norm")
    finish(writer)
    text = json.dumps({"sha256_of_float32": hashes}, indent=1, sort_keys=True)
    (FIXTURES / "mixed.json").write_text(text + "\n")


def add_norm(writer, names, hashes, rng, name):
    values = rng.normal(1, 0.1, MODEL["hidden"]).astype(np.float32)
    writer.add_tensor(names.get_name(name) + ".weight", values)
    hashes[name + ".weight"] = hashlib.sha256(values.tobytes()).hexdigest()


PROVENANCE = """# Quantised blocks and what the gguf package decodes them to

Written by `scripts/reference/gguf_blocks.py` with seed {seed}: numpy {numpy}, gguf {gguf}. No quantiser was involved: the
blocks are random bytes with chosen scales.

| file | holds |
|---|---|
| `blocks.gguf` | per type a tensor `random.TYPE` [3, 512] and a tensor `extreme.TYPE`, a block a row, with zero, subnormal, largest, infinite and NaN scales |
| `blocks.safetensors` | the float32 that `gguf.quants.dequantize` makes of them |
| `mixed.gguf` | a llama of two layers with every quantised type in it, mixed by tensor as llama.cpp mixes them |
| `mixed.json` | SHA-256 of each tensor's float32 elements under its Hugging Face name, q and k un-permuted |
"""


def main():
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    rng = np.random.default_rng(SEED)
    write_blocks(rng)
    write_model(rng)
    version = __import__("importlib.metadata").metadata.version("gguf")
    text = PROVENANCE.format(seed=SEED, numpy=np.__version__, gguf=version)
    (FIXTURES / "PROVENANCE.md").write_text(text)


if __name__ == "__main__":
    main()
