"""phi3: q, k and v in one projection, gate and up in another, each with one pair of A and B over the whole."""

from common import Case, sizes
from transformers import Phi3Config

CASES = [
    Case(
        "phi3",
        "fused qkv_proj and gate_up_proj, partial rotation, a sliding window of 4",
        Phi3Config(
            sliding_window=4,
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.75},
            **sizes(num_attention_heads=3, num_key_value_heads=1),
        ),
        ["qkv_proj", "o_proj"],
    ),
    Case(
        "phi3-longrope",
        "longrope: one sequence within the original 8 positions, two beyond; tied head",
        Phi3Config(
            original_max_position_embeddings=8,
            tie_word_embeddings=True,
            rope_parameters={
                "rope_type": "longrope",
                "rope_theta": 10000.0,
                "short_factor": [1.0, 1.2, 1.5, 2.0],
                "long_factor": [1.0, 2.0, 4.0, 8.0],
            },
            **sizes(num_hidden_layers=1, num_attention_heads=3, num_key_value_heads=1),
        ),
        ["qkv_proj", "gate_up_proj"],
    ),
]
