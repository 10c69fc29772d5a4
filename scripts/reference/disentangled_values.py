"""Writes Tests/Fixtures/kernels/disentangled_attention.json and relative_positions.json: DeBERTa-v2's attention.

Run: /opt/refvenv/bin/python scripts/reference/disentangled_values.py
"""

import json

import torch
from kernel_values import FOLDER, SEED, write
from transformers import DebertaV2Config
from transformers.models.deberta_v2.modeling_deberta_v2 import (
    DisentangledSelfAttention,
    build_relative_position,
)

LENGTHS, HEADS, HEAD_DIM, BUCKETS, MAX_DISTANCE = [5, 1, 20], 2, 8, 8, 32


class Fixed(torch.nn.Module):
    """Stands for a projection of the relative embeddings: gives the same matrix whatever it is handed."""

    def __init__(self, rows):
        super().__init__()
        self.value = torch.nn.Parameter(torch.randn(rows, HEADS * HEAD_DIM))

    def forward(self, _):
        return self.value[None]


def attention():
    """Forward and backward of packed sequences. Positions are written in the order of key − query, ours."""
    module = DisentangledSelfAttention(
        DebertaV2Config(
            hidden_size=HEADS * HEAD_DIM, num_attention_heads=HEADS, relative_attention=True,
            position_buckets=BUCKETS, max_relative_positions=MAX_DISTANCE, pos_att_type=["c2p", "p2c"],
            share_att_key=False,
        )
    ).eval()
    module.pos_key_proj, module.pos_query_proj = Fixed(2 * BUCKETS), Fixed(2 * BUCKETS)
    total = sum(LENGTHS)
    q, k, v = (torch.randn(total, HEADS * HEAD_DIM, requires_grad=True) for _ in range(3))
    d_o = torch.randn(total, HEADS * HEAD_DIM)
    outputs, start = [], 0
    for length in LENGTHS:
        rows = slice(start, start + length)
        a, b, c = (module.transpose_for_scores(x[rows][None], HEADS) for x in (q, k, v))
        scale = (HEAD_DIM * 3) ** 0.5
        bias = module.disentangled_attention_bias(a, b, None, torch.zeros(2 * BUCKETS, HEADS * HEAD_DIM), 3)
        o = torch.softmax(a @ b.transpose(-1, -2) / scale + bias, dim=-1) @ c
        outputs.append(o.transpose(0, 1).reshape(length, -1))
        start += length
    o = torch.cat(outputs)
    o.backward(d_o)
    write(
        "disentangled_attention",
        {"headDim": HEAD_DIM, "heads": HEADS, "scale": 1 / scale, "buckets": BUCKETS, "maxDistance": MAX_DISTANCE},
        q=q, k=k, v=v, o=o, dO=d_o, dq=q.grad, dk=k.grad, dv=v.grad, lengths=torch.tensor([LENGTHS]),
        positionKeys=module.pos_key_proj.value.flip(0), dPositionKeys=module.pos_key_proj.value.grad.flip(0),
        positionQueries=module.pos_query_proj.value.flip(0),
        dPositionQueries=module.pos_query_proj.value.grad.flip(0),
    )


def relative_positions():
    """The row that transformers reads for query − key from −(length − 1) to length − 1; no buckets: −1."""
    cases = []
    for buckets, max_distance, length in [
        (256, 512, 700), (8, 32, 50), (32, 128, 200), (9, 40, 60), (128, 512, 512), (320, 1280, 1400), (-1, 512, 512),
        (-1, 16, 40),
    ]:
        x = torch.empty(1, length, 1)
        position = build_relative_position(x, x, buckets, max_distance)[0]
        span = buckets if buckets > 0 else max_distance
        rows = torch.clamp(position + span, 0, 2 * span - 1)
        # The first row runs from query − key = 0 down, the last from length − 1 down to 0.
        ascending = rows[0].flip(0).tolist() + rows[-1].flip(0).tolist()[1:]
        cases.append(
            {"buckets": buckets, "maxDistance": max_distance, "length": length, "rows": ascending}
        )
    (FOLDER / "relative_positions.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    attention()
    relative_positions()
