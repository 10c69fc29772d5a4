"""Writes Tests/Fixtures/gguf-quantised: rows of float32 and the blocks that ggml makes of them.

    python scripts/reference/gguf_quantisers.py      (gguf, numpy, safetensors of requirements.txt, and libggml-python)

Blocks are made by `ggml_quantize_chunk` of the ggml library itself, without an importance matrix; where the gguf package
has a quantiser of the type too, both must agree.
"""

import ctypes
import importlib.metadata
import pathlib
import shutil

import gguf
import libggml
import numpy as np
from safetensors.numpy import save_file

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/gguf-quantised"
SEED = 20261130
COLUMNS = 512
TYPES = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"]
# What the gguf package quantises too.
PLAIN = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"]


def rows(rng):
    """Rows as weights are distributed, and rows that a quantiser may stumble over."""
    normal = lambda scale: rng.normal(0, scale, COLUMNS)
    outlier = normal(0.02)
    outlier[[7, 300]] = [3, -5]
    mixed = normal(1.0)
    mixed[64:128] = 0
    mixed[256:] *= 1e-3
    sparse = np.where(rng.random(COLUMNS) < 0.05, normal(1.0), 0)
    steps = np.round(normal(4.0)) / 4
    return np.array([
        normal(0.02), normal(1.0), normal(100.0), normal(1e-6), normal(1e-9), rng.uniform(0, 1, COLUMNS),
        rng.uniform(-3, -1, COLUMNS), rng.laplace(0, 0.02, COLUMNS), outlier, mixed, sparse, steps,
        np.zeros(COLUMNS), np.full(COLUMNS, 0.7), np.full(COLUMNS, -0.7), np.linspace(-1, 1, COLUMNS),
    ], dtype=np.float32)


def library():
    path = next(pathlib.Path(libggml.__file__).parent.rglob("libggml-base.so"))
    ggml = ctypes.CDLL(str(path))
    ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
    ggml.ggml_quantize_chunk.argtypes = [
        ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
    return ggml


def quantise(ggml, values, kind):
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = np.zeros((len(values), COLUMNS // elements * size), np.uint8)
    written = ggml.ggml_quantize_chunk(
        kind.value, values.ctypes.data, blocks.ctypes.data, 0, len(values), COLUMNS, None)
    assert written == blocks.nbytes
    return blocks


PROVENANCE = """# Rows of float32 and the blocks that ggml makes of them

Written by `scripts/reference/gguf_quantisers.py` with seed {seed}: libggml-python {libggml}, gguf {gguf}, numpy {numpy}. For
{plain} the gguf package's own quantisers gave the same bytes.

| file | holds |
|---|---|
| `values.safetensors` | `x` [{rows}, {columns}] |
| `blocks.gguf` | for each of {types} a tensor of that name, the blocks that `ggml_quantize_chunk` makes of `x` |
"""


def main():
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    values = rows(np.random.default_rng(SEED))
    ggml = library()
    writer = gguf.GGUFWriter(FIXTURES / "blocks.gguf", "llama")
    for name in TYPES:
        kind = gguf.GGMLQuantizationType[name]
        blocks = quantise(ggml, values, kind)
        if name in PLAIN:
            differing = (gguf.quants.quantize(values, kind) != blocks).any(axis=1)
            assert not differing.any(), (name, np.flatnonzero(differing))
        writer.add_tensor(name, blocks, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file({"x": values}, FIXTURES / "values.safetensors")
    (FIXTURES / "values.safetensors").chmod(0o644)
    version = importlib.metadata.version
    (FIXTURES / "PROVENANCE.md").write_text(PROVENANCE.format(
        seed=SEED, libggml=version("libggml-python"), gguf=version("gguf"), numpy=np.__version__,
        plain=", ".join(PLAIN), rows=len(values), columns=COLUMNS, types=", ".join(TYPES)))


if __name__ == "__main__":
    main()
