"""deberta, the first version: one fused in_proj head by head, biases of its own for queries and values, no buckets."""

from classification import ClassifierCase, regression, sizes
from transformers import DebertaConfig

LINEAR = ["in_proj", "pos_proj", "pos_q_proj", "dense"]
HEAD = ["classifier", "pooler"]


def config(**changes):
    """The shape of deberta-base's checkpoints."""
    values = dict(
        relative_attention=True,
        max_relative_positions=-1,
        pos_att_type="c2p|p2c",
        position_biased_input=False,
        type_vocab_size=0,
    )
    return DebertaConfig(**sizes(**(values | changes)))


CASES = [
    ClassifierCase("deberta", "c2p and p2c, no absolute positions", config(), ["in_proj"], LINEAR, HEAD),
    ClassifierCase(
        "deberta-far",
        "distances past the table's end, p2p (which only widens the scale), absolute positions, token types, narrow "
        "embeddings; regression",
        config(
            max_relative_positions=10,
            pos_att_type="c2p|p2c|p2p",
            position_biased_input=True,
            type_vocab_size=2,
            embedding_size=16,
            **regression(),
        ),
        ["in_proj"],
        LINEAR,
        HEAD,
    ),
    ClassifierCase(
        "deberta-c2p",
        "c2p alone",
        config(pos_att_type=["c2p"], num_hidden_layers=1),
        ["in_proj"],
        ["in_proj", "pos_proj", "dense"],
        HEAD,
    ),
    ClassifierCase(
        "deberta-absolute",
        "no relative attention: absolute positions alone",
        config(relative_attention=False, pos_att_type=None, position_biased_input=True, num_hidden_layers=1),
        ["in_proj"],
        ["in_proj", "dense"],
        HEAD,
    ),
]
