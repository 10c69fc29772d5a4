"""llama: biases, and the rotary scalings that any of these families may have."""

from common import Case, sizes
from transformers import LlamaConfig

QUERY_VALUE = ["q_proj", "v_proj"]


def rope(kind, **parameters):
    return {"rope_type": kind, "rope_theta": 10000.0, **parameters}


def scaled(name, particular, parameters, **changes):
    """One layer is enough to tell one rotation from another."""
    values = sizes(num_hidden_layers=1, num_key_value_heads=1, head_dim=16, tie_word_embeddings=True) | changes
    config = LlamaConfig(rope_parameters=parameters, **values)
    return Case(name, particular, config, QUERY_VALUE)


CASES = [
    Case(
        "llama-biases",
        "attention_bias, mlp_bias, heads of 8 where hidden / heads is 6, a head of its own, llama3 RoPE scaling, shards",
        LlamaConfig(
            attention_bias=True,
            mlp_bias=True,
            head_dim=8,
            rope_parameters=rope(
                "llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32
            ),
            **sizes(),
        ),
        QUERY_VALUE,
        shards="20KB",
    ),
    scaled("llama-linear", "linear RoPE scaling", rope("linear", factor=4.0)),
    scaled("llama-dynamic", "dynamic RoPE scaling, which changes nothing up to max_position_embeddings", rope("dynamic", factor=4.0)),
    scaled(
        "llama-yarn",
        "yarn RoPE scaling",
        rope("yarn", factor=4.0, original_max_position_embeddings=16, beta_fast=8.0, beta_slow=1.0),
    ),
    scaled(
        "llama-longrope",
        "longrope RoPE scaling, one sequence within the original positions and two beyond",
        rope(
            "longrope",
            original_max_position_embeddings=8,
            short_factor=[1.0, 1.1, 1.2, 1.3, 1.5, 1.7, 2.0, 2.5],
            long_factor=[1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0],
        ),
    ),
]
