"""deberta-v2, v3's checkpoints included: disentangled attention over logarithmic buckets, and what else v2 has."""

from classification import ClassifierCase, regression, sizes
from transformers import DebertaV2Config

USUAL = ["query_proj", "value_proj"]
DENSE = ["query_proj", "key_proj", "value_proj", "dense"]
HEAD = ["classifier", "pooler"]


def config(**changes):
    """The shape of deberta-v3's checkpoints."""
    values = dict(
        relative_attention=True,
        position_buckets=8,
        max_relative_positions=-1,
        pos_att_type="p2c|c2p",
        share_att_key=True,
        norm_rel_ebd="layer_norm",
        position_biased_input=False,
        type_vocab_size=0,
    )
    return DebertaV2Config(**sizes(**(values | changes)))


CASES = [
    ClassifierCase(
        "deberta-v3",
        "c2p and p2c, logarithmic buckets, shared position projections, norm of the relative embeddings, no absolute "
        "positions",
        config(),
        USUAL,
        DENSE,
        HEAD,
    ),
    ClassifierCase(
        "deberta-v2-conv",
        "as deberta-v3 with a grouped convolution of 3 after the first layer, GELU; pooler tanh",
        config(conv_kernel_size=3, conv_act="gelu", conv_groups=2, pooler_hidden_act="tanh"),
        USUAL,
        DENSE,
        HEAD,
    ),
    ClassifierCase(
        "deberta-v2-unshared",
        "position projections of their own, no buckets and distances past the table's end, absolute positions, token "
        "types, narrow embeddings, convolution of 5 with tanh; regression",
        config(
            share_att_key=False,
            position_buckets=-1,
            max_relative_positions=12,
            norm_rel_ebd="none",
            position_biased_input=True,
            type_vocab_size=2,
            embedding_size=16,
            conv_kernel_size=5,
            conv_act="tanh",
            **regression(),
        ),
        USUAL,
        [*DENSE, "pos_key_proj", "pos_query_proj"],
        HEAD,
    ),
    ClassifierCase(
        "deberta-v2-c2p",
        "c2p alone, with a position projection of its own",
        config(pos_att_type=["c2p"], share_att_key=False, hidden_act="relu", num_hidden_layers=1),
        USUAL,
        [*DENSE, "pos_key_proj"],
        HEAD,
    ),
    ClassifierCase(
        "deberta-v2-p2c",
        "p2c alone, shared projections, a bucket table of odd half",
        config(pos_att_type=["p2c"], position_buckets=10, num_hidden_layers=1),
        USUAL,
        DENSE,
        HEAD,
    ),
    ClassifierCase(
        "deberta-v2-absolute",
        "no relative attention: absolute positions alone",
        config(
            relative_attention=False, pos_att_type=None, share_att_key=False, norm_rel_ebd="none",
            position_biased_input=True, num_hidden_layers=1,
        ),
        USUAL,
        DENSE,
        HEAD,
    ),
    ClassifierCase(
        "deberta-v2-long",
        "the buckets of the published checkpoints, 256 for 512 positions, and 12 heads, on a row of 330 tokens",
        config(
            hidden_size=48, num_attention_heads=12, intermediate_size=32, position_buckets=256,
            max_position_embeddings=512, num_hidden_layers=1,
        ),
        USUAL,
        DENSE,
        HEAD,
        lengths=[330, 7],
    ),
]
