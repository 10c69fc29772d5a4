"""Writes Tests/Fixtures/layers/layers.safetensors: each layer of a Llama on packed ragged rows, forward and backward.

Run: python scripts/reference/layer_values.py

The layers are transformers' own, called sequence by sequence; every projection carries a low-rank update. The loss is
Σ y ⊙ dy with a random dy, so that dx and the gradients of A and B are those of a backward pass that is handed dy.
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaDecoderLayer, LlamaRMSNorm, LlamaRotaryEmbedding

SEED = 20261
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "layers"
HIDDEN, HEADS, GROUPS, HEAD_DIM, INTERMEDIATE, VOCABULARY, RANK, SCALE = 12, 4, 2, 4, 20, 23, 2, 1.5
LENGTHS = [5, 1, 3]
# The first and last row of a sequence, a sequence of one row, and rows that nothing is asked of.
SELECTED = [1, 4, 5, 8]
HEAD_ROWS = 131  # more than one block of the vocabulary head

CONFIG = LlamaConfig(
    hidden_size=HIDDEN, intermediate_size=INTERMEDIATE, num_attention_heads=HEADS, num_key_value_heads=GROUPS,
    head_dim=HEAD_DIM, num_hidden_layers=1, max_position_embeddings=16, rms_norm_eps=1e-5,
    rope_parameters={"rope_type": "default", "rope_theta": 10000.0}, attn_implementation="eager")


class LowRankLinear(torch.nn.Module):
    def __init__(self, linear):
        super().__init__()
        outputs, inputs = linear.weight.shape
        self.weight = torch.randn(outputs, inputs) / inputs**0.5
        self.a = torch.nn.Parameter(torch.randn(RANK, inputs) * 0.4)
        self.b = torch.nn.Parameter(torch.randn(outputs, RANK) * 0.4)

    def forward(self, x):
        return x @ self.weight.T + SCALE * (x @ self.a.T) @ self.b.T


def build():
    layer = LlamaDecoderLayer(CONFIG, 0)
    for parent in [layer.self_attn, layer.mlp]:
        for name, module in list(parent.named_children()):
            if isinstance(module, torch.nn.Linear):
                setattr(parent, name, LowRankLinear(module))
    for norm in [layer.input_layernorm, layer.post_attention_layernorm]:
        norm.weight = torch.nn.Parameter(1 + 0.3 * torch.randn(HIDDEN), requires_grad=False)
    return layer


def attention(layer, x):
    """x + attention, one sequence after the other."""
    rotary, outputs, start = LlamaRotaryEmbedding(CONFIG), [], 0
    for length in LENGTHS:
        rows = x[start : start + length][None]
        positions = torch.arange(length)[None]
        mask = torch.full((length, length), float("-inf")).triu(1)[None, None]
        out, _ = layer.self_attn(
            hidden_states=layer.input_layernorm(rows), position_embeddings=rotary(rows, positions),
            attention_mask=mask)
        outputs.append((rows + out)[0])
        start += length
    return torch.cat(outputs)


def mlp(layer, x):
    return x + layer.mlp(layer.post_attention_layernorm(x))


def record(tensors, case, layer, forward, rows=None):
    """`case`.y, .dx and .gradient.MODULE.a|b; dy is drawn anew."""
    x = tensors["x"].clone().requires_grad_()
    for parameter in layer.parameters():
        parameter.grad = None
    y = forward(x)
    y = y if rows is None else y[rows]
    dy = torch.randn(y.shape)
    (y * dy).sum().backward()
    tensors |= {f"{case}.y": y.detach(), f"{case}.dy": dy, f"{case}.dx": x.grad}
    for name, module in layer.named_modules():
        if isinstance(module, LowRankLinear) and module.a.grad is not None:
            leaf = name.split(".")[-1]
            tensors |= {f"{case}.gradient.{leaf}.a": module.a.grad, f"{case}.gradient.{leaf}.b": module.b.grad}


def head_values(tensors):
    norm = LlamaRMSNorm(HIDDEN, eps=1e-5)
    norm.weight = torch.nn.Parameter(1 + 0.3 * torch.randn(HIDDEN), requires_grad=False)
    weight = torch.randn(VOCABULARY, HIDDEN)
    x = torch.randn(HEAD_ROWS, HIDDEN, requires_grad=True)
    targets = torch.randint(VOCABULARY, (HEAD_ROWS,))
    logits = norm(x) @ weight.T
    losses = F.cross_entropy(logits, targets, reduction="none")
    (0.25 * losses.sum()).backward()
    dy = torch.randn(HEAD_ROWS, HIDDEN)
    z = x.detach().clone().requires_grad_()
    norm(z).backward(dy)
    tensors |= {
        "head.norm": norm.weight.data, "head.weight": weight, "head.x": x.detach(), "head.logits": logits.detach(),
        "head.targets": targets.float(), "head.logprobs": -losses.detach(), "head.dx": x.grad,
        "norm.y": norm(x).detach(), "norm.dy": dy, "norm.dx": z.grad}
    ids = torch.tensor([22, 0, 7, 7, 13])
    tensors |= {"embedding.ids": ids.float(), "embedding.y": F.embedding(ids, weight)}


def main():
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    layer = build()
    tensors = {"x": torch.randn(sum(LENGTHS), HIDDEN)}
    for name, module in layer.named_modules():
        leaf = name.split(".")[-1]
        if isinstance(module, LowRankLinear):
            tensors |= {f"{leaf}.weight": module.weight, f"{leaf}.a": module.a.data, f"{leaf}.b": module.b.data}
        elif isinstance(module, LlamaRMSNorm):
            tensors[f"{leaf}.weight"] = module.weight.data
    record(tensors, "attention", layer, lambda x: attention(layer, x))
    record(tensors, "attention_rows", layer, lambda x: attention(layer, x), SELECTED)
    record(tensors, "mlp", layer, lambda x: mlp(layer, x))
    record(tensors, "block", layer, lambda x: mlp(layer, attention(layer, x)))
    record(tensors, "block_rows", layer, lambda x: mlp(layer, attention(layer, x)), SELECTED)
    head_values(tensors)
    FOLDER.mkdir(exist_ok=True)
    save_file({k: v.detach().clone().contiguous() for k, v in sorted(tensors.items())}, FOLDER / "layers.safetensors")


if __name__ == "__main__":
    main()
