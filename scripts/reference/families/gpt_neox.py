"""gpt_neox: parallel residual, partial rotation, queries, keys and values interleaved by head, embed_out."""

from common import Case, sizes
from transformers import GPTNeoXConfig


def config(**changes):
    values = sizes(
        hidden_dropout=0.0,
        attention_dropout=0.0,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5},
        num_attention_heads=3,
    )
    del values["num_key_value_heads"]
    return GPTNeoXConfig(**(values | changes))


CASES = [
    Case("gpt_neox", "parallel residual, half of each head rotated, a head of its own", config(), ["query_key_value"]),
    Case(
        "gpt_neox-sequential",
        "use_parallel_residual false, attention_bias false, tied head, tanh GELU",
        config(
            use_parallel_residual=False,
            attention_bias=False,
            tie_word_embeddings=True,
            hidden_act="gelu_new",
            num_hidden_layers=1,
        ),
        ["query_key_value", "dense"],
    ),
]
