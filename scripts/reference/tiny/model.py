"""The random models: weights large enough that their next-token distributions are peaked."""

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from .tokenizer import VOCABULARY_SIZE


def configuration(**changes):
    """`tied` as it stands; grouped queries: four heads over two of keys and values."""
    values = dict(
        vocab_size=VOCABULARY_SIZE,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
        use_cache=True,
        attn_implementation="eager",
    )
    return LlamaConfig(**(values | changes))


def untied_configuration():
    """A head of its own, one key-value head, and heads wider than hidden_size / heads."""
    return configuration(
        tie_word_embeddings=False,
        head_dim=16,
        intermediate_size=96,
        num_key_value_heads=1,
        rope_parameters={"rope_type": "default", "rope_theta": 100000.0},
    )


def build(config, seed):
    """A float32 model in evaluation mode, its weights drawn from `seed` in the order of their names."""
    generator = torch.Generator().manual_seed(seed)
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith("norm.weight"):
                parameter.copy_(1 + 0.2 * noise)
            elif "embed_tokens" in name or "lm_head" in name:
                parameter.copy_(0.6 * noise)
            else:
                parameter.copy_(noise * 1.3 / parameter.shape[1] ** 0.5)
    return model.eval()


def round_to_bfloat16(model):
    """Rounds the weights and keeps them float32; rotary frequencies, which are no weights, stay exact."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.bfloat16())
