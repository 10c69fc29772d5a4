"""Writes Tests/Fixtures/kernels/*.json: what PyTorch computes for the kernels of Sources/Tensors.

Run: /opt/refvenv/bin/python scripts/reference/kernel_values.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from transformers.models.llama.modeling_llama import LlamaRMSNorm, apply_rotary_pos_emb

SEED = 20260
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "kernels"


def entry(tensor, rtol=1e-5, atol=1e-6):
    """A matrix with the tolerance that a float32 kernel must meet against it."""
    matrix = tensor.detach().float().reshape(-1, tensor.shape[-1])
    return {
        "rows": matrix.shape[0],
        "columns": matrix.shape[1],
        "rtol": rtol,
        "atol": atol,
        "values": [float(f"{x:.9g}") for x in matrix.flatten().tolist()],
    }


def write(name, scalars, **tensors):
    case = {"scalars": scalars, "tensors": {key: entry(value) for key, value in tensors.items()}}
    (FOLDER / f"{name}.json").write_text(json.dumps(case, separators=(",", ":")) + "\n")


def rms_norm():
    norm = LlamaRMSNorm(20, eps=1e-5)
    norm.weight = torch.nn.Parameter(torch.randn(20), requires_grad=False)
    x = torch.randn(3, 20, requires_grad=True)
    dy = torch.randn(3, 20)
    y = norm(x)
    y.backward(dy)
    write("rms_norm", {"epsilon": 1e-5}, x=x, weight=norm.weight[None], y=y, dy=dy, dx=x.grad)


def rotary():
    head_dim, theta, positions = 8, 10000.0, [0, 1, 5, 130]
    frequencies = theta ** (-torch.arange(0, head_dim, 2, dtype=torch.float32) / head_dim)
    angles = torch.tensor(positions, dtype=torch.float32)[:, None] * frequencies
    angles = torch.cat((angles, angles), dim=-1)[None]
    x = torch.randn(1, 2, len(positions), head_dim)
    y, _ = apply_rotary_pos_emb(x, x, angles.cos(), angles.sin())
    rows = lambda t: t[0].transpose(0, 1).reshape(len(positions), -1)
    write("rotary", {"theta": theta, "headDim": head_dim}, x=rows(x), y=rows(y), positions=torch.tensor([positions]))


def attention(mask="causal"):
    lengths, heads, groups, head_dim = [4, 1, 6], 4, 2, 8
    scale = head_dim**-0.5
    total = sum(lengths)
    q = torch.randn(total, heads * head_dim, requires_grad=True)
    k = torch.randn(total, groups * head_dim, requires_grad=True)
    v = torch.randn(total, groups * head_dim, requires_grad=True)
    d_o = torch.randn(total, heads * head_dim)
    split = lambda x, n: x.reshape(x.shape[0], n, head_dim).transpose(0, 1)[None]
    outputs, log_sum_exp, start = [], [], 0
    for length in lengths:
        rows = slice(start, start + length)
        a, b, c = split(q[rows], heads), split(k[rows], groups), split(v[rows], groups)
        o = F.scaled_dot_product_attention(a, b, c, is_causal=mask == "causal", scale=scale, enable_gqa=True)
        outputs.append(o[0].transpose(0, 1).reshape(length, -1))
        scores = a @ b.repeat_interleave(heads // groups, dim=1).transpose(-1, -2) * scale
        if mask == "causal":
            scores = scores.masked_fill(torch.ones(length, length, dtype=torch.bool).triu(1), float("-inf"))
        log_sum_exp.append(scores.logsumexp(-1)[0].transpose(0, 1))
        start += length
    o = torch.cat(outputs)
    o.backward(d_o)
    write(
        "attention" if mask == "causal" else f"attention_{mask}", {"headDim": head_dim, "scale": scale}, q=q, k=k, v=v, o=o, dO=d_o, dq=q.grad, dk=k.grad,
        dv=v.grad, logSumExp=torch.cat(log_sum_exp), lengths=torch.tensor([lengths]))


def attention_bidirectional():
    attention("bidirectional")


def layer_norm():
    norm = torch.nn.LayerNorm(20, eps=1e-5)
    norm.weight = torch.nn.Parameter(torch.randn(20), requires_grad=False)
    norm.bias = torch.nn.Parameter(torch.randn(20), requires_grad=False)
    x = (torch.randn(3, 20) + 4).requires_grad_()
    dy = torch.randn(3, 20)
    y = norm(x)
    y.backward(dy)
    write("layer_norm", {"epsilon": 1e-5}, x=x, weight=norm.weight[None], bias=norm.bias[None], y=y, dy=dy, dx=x.grad)


def activations():
    functions = {"relu": F.relu, "gelu": F.gelu, "geluTanh": lambda x: F.gelu(x, approximate="tanh"), "silu": F.silu,
                 "tanh": torch.tanh}
    x, dy = torch.randn(3, 21) * 3, torch.randn(3, 21)
    tensors = {"x": x, "dy": dy}
    for name, function in functions.items():
        leaf = x.clone().requires_grad_()
        y = function(leaf)
        y.backward(dy)
        tensors |= {f"{name}.y": y, f"{name}.dx": leaf.grad}
    write("activations", {}, **tensors)


def swiglu():
    gate = torch.randn(3, 21, requires_grad=True)
    up = torch.randn(3, 21, requires_grad=True)
    dh = torch.randn(3, 21)
    h = F.silu(gate) * up
    h.backward(dh)
    write("swiglu", {}, gate=gate, up=up, h=h, dh=dh, dGate=gate.grad, dUp=up.grad)


def cross_entropy():
    logits = (torch.randn(4, 37) * 3).requires_grad_()
    targets, scale = torch.tensor([0, 36, 17, 5]), 0.25
    losses = F.cross_entropy(logits, targets, reduction="none")
    (losses.sum() * scale).backward()
    write("cross_entropy", {"scale": scale}, logits=logits, targets=targets[None], losses=losses[None],
          gradient=logits.grad)


def smoothed_cross_entropy():
    logits = (torch.randn(4, 37) * 3).requires_grad_()
    targets, scale, smoothing = torch.tensor([0, 36, 17, 5]), 0.25, 0.1
    losses = F.cross_entropy(logits, targets, reduction="none", label_smoothing=smoothing)
    (losses.sum() * scale).backward()
    write("smoothed_cross_entropy", {"scale": scale, "smoothing": smoothing}, logits=logits, targets=targets[None],
          losses=losses[None], gradient=logits.grad)


def adamw():
    settings = {"learningRate": 3e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.1}
    parameter = torch.randn(2, 19)
    tensors = {"initial": parameter.clone()}
    optimizer = torch.optim.AdamW([parameter], lr=settings["learningRate"], betas=(0.9, 0.999), eps=1e-8,
                                  weight_decay=0.1, foreach=False, fused=False)
    for step in range(1, 4):
        parameter.grad = torch.randn(2, 19)
        tensors[f"gradient{step}"] = parameter.grad.clone()
        optimizer.step()
        tensors[f"parameter{step}"] = parameter.clone()
    state = optimizer.state[parameter]
    write("adamw", settings, **tensors, m=state["exp_avg"], v=state["exp_avg_sq"])


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for make in [rms_norm, layer_norm, rotary, attention, attention_bidirectional, activations, swiglu, cross_entropy,
                 smoothed_cross_entropy, adamw]:
        torch.manual_seed(SEED)
        make()


if __name__ == "__main__":
    main()
