"""qwen3: norms of each query and key head, no biases unless attention_bias says so."""

from common import Case, sizes
from transformers import Qwen3Config

CASES = [
    Case(
        "qwen3",
        "norms of each query and key head, attention_bias, a sliding window of 4 from layer 1 on, tied head",
        Qwen3Config(
            attention_bias=True,
            head_dim=8,
            use_sliding_window=True,
            sliding_window=4,
            max_window_layers=1,
            tie_word_embeddings=True,
            rope_parameters={"rope_type": "default", "rope_theta": 1000000.0},
            **sizes(),
        ),
        ["q_proj", "k_proj", "v_proj", "o_proj"],
    ),
]
