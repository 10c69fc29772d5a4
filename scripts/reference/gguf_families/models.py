"""One tiny random model of each architecture, with whatever is particular to it switched on."""

import torch
from transformers import (BertConfig, BertModel, Gemma2Config, Gemma2ForCausalLM, Gemma3ForCausalLM, Gemma3TextConfig,
                          GemmaConfig, GemmaForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, Phi3Config, Phi3ForCausalLM, Qwen2Config, Qwen2ForCausalLM,
                          Qwen3Config, Qwen3ForCausalLM)

VOCABULARY = 288
COMMON = dict(
    vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=128, rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2,
    pad_token_id=0, attn_implementation="eager",
)


def rope(theta, **more):
    return {"rope_type": "default", "rope_theta": theta} | more


LONGROPE = dict(
    rope_type="longrope", rope_theta=10000.0, short_factor=[1.0, 1.1, 1.3, 1.6], long_factor=[1.5, 2.0, 3.0, 4.0],
    original_max_position_embeddings=32,
)


def build():
    """Name of the fixture: (architecture in GGUF, model)."""
    gemma = COMMON | dict(head_dim=8, hidden_activation="gelu_pytorch_tanh", query_pre_attn_scalar=8, sliding_window=6)
    # llama.cpp reckons with six layers a period, the last of which sees everything.
    gemma3_rope = {
        "sliding_attention": rope(10000.0),
        "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
    }
    gemma3 = Gemma3TextConfig(**(gemma | dict(
        num_hidden_layers=6, intermediate_size=16, rope_parameters=gemma3_rope,
        layer_types=["sliding_attention"] * 5 + ["full_attention"])))
    models = {
        "qwen2": ("qwen2", Qwen2ForCausalLM(Qwen2Config(
            **COMMON, tie_word_embeddings=False, rope_parameters=rope(1000000.0), use_sliding_window=False))),
        "qwen3": ("qwen3", Qwen3ForCausalLM(Qwen3Config(
            **COMMON, tie_word_embeddings=True, head_dim=8, rope_parameters=rope(1000000.0)))),
        "gemma2": ("gemma2", Gemma2ForCausalLM(Gemma2Config(
            **gemma, attn_logit_softcapping=5.0, final_logit_softcapping=3.0, rope_parameters=rope(10000.0)))),
        "gemma3": ("gemma3", Gemma3ForCausalLM(gemma3)),
        "phi3": ("phi3", Phi3ForCausalLM(Phi3Config(
            **COMMON | dict(hidden_size=32), tie_word_embeddings=False, rope_parameters=rope(10000.0),
            original_max_position_embeddings=128, sliding_window=6))),
        "phi3-longrope": ("phi3", Phi3ForCausalLM(Phi3Config(
            **COMMON | dict(hidden_size=32), tie_word_embeddings=False, rope_parameters=LONGROPE,
            original_max_position_embeddings=32, sliding_window=None))),
        "gpt2": ("gpt2", GPT2LMHeadModel(GPT2Config(
            vocab_size=VOCABULARY, n_embd=16, n_layer=2, n_head=4, n_positions=64, bos_token_id=2, eos_token_id=2,
            attn_implementation="eager"))),
        "bert": ("bert", BertModel(BertConfig(
            vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
            max_position_embeddings=64, type_vocab_size=2, pad_token_id=0, attn_implementation="eager"),
            add_pooling_layer=False)),
        # Of four frequencies one is kept, one interpolated, two are divided.
        "llama3": ("llama", LlamaForCausalLM(LlamaConfig(
            **COMMON | dict(hidden_size=32), tie_word_embeddings=True, rope_parameters=rope(
                500.0, rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                original_max_position_embeddings=64)))),
        "gemma": ("gemma", GemmaForCausalLM(GemmaConfig(
            **COMMON | dict(head_dim=8), tie_word_embeddings=True, rope_parameters=rope(10000.0)))),
    }
    for number, (_, model) in enumerate(models.values()):
        fill(model, number)
    return models


def fill(model, seed):
    """Weights drawn in the order of their names, large enough that each matters in the logits."""
    generator = torch.Generator().manual_seed(20261124 + seed)
    plus_one = model.config.model_type.startswith("gemma")
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.ndim == 2 and not any(part in name for part in ("embed", "wte", "wpe")):
                parameter.copy_(noise * 1.2 / parameter.shape[1] ** 0.5)
            elif parameter.ndim == 2:
                parameter.copy_(0.5 * noise)
            elif name.endswith("bias"):
                parameter.copy_(0.2 * noise)
            else:
                parameter.copy_(0.2 * noise + (0 if plus_one else 1))
    model.eval()
