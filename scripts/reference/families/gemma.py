"""gemma, gemma2 and gemma3_text: 1 + w norms before and after each layer, scaled embeddings, windows in alternation."""

from common import Case, sizes
from transformers import Gemma2Config, Gemma3TextConfig, GemmaConfig

CASES = [
    Case(
        "gemma",
        "1 + w norms before each layer alone, embeddings scaled by √16, heads of 8 dimensions, biases of attention",
        GemmaConfig(
            head_dim=8,
            attention_bias=True,
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
            **sizes(hidden_size=16, intermediate_size=32),
        ),
        ["q_proj", "v_proj"],
        norms_add_one=True,
    ),
    Case(
        "gemma2",
        "soft caps of attention scores and logits, query_pre_attn_scalar, a sliding window of 4 in layers 0 and 2",
        Gemma2Config(
            head_dim=8,
            query_pre_attn_scalar=12,
            attn_logit_softcapping=2.0,
            final_logit_softcapping=5.0,
            sliding_window=4,
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
            **sizes(num_hidden_layers=3, hidden_size=16, intermediate_size=32),
        ),
        ["q_proj", "v_proj"],
        norms_add_one=True,
    ),
    Case(
        "gemma3",
        "norms of each query and key head, two full and one windowed layer, a RoPE for each kind (linear scaling in the full), "
        "final soft cap",
        Gemma3TextConfig(
            head_dim=8,
            query_pre_attn_scalar=10,
            final_logit_softcapping=8.0,
            sliding_window=4,
            layer_types=["full_attention", "sliding_attention", "full_attention"],
            rope_parameters={
                "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
                "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
            },
            **sizes(num_hidden_layers=3, hidden_size=16, intermediate_size=32),
        ),
        ["q_proj", "k_proj", "v_proj", "o_proj"],
        norms_add_one=True,
    ),
]
