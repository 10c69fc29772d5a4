extension TrainingSection {
    static let lengthFields: [Field<TrainingSection>] = [
        .optional(
            "max_steps", \.maxSteps, .integer(1...1_000_000_000, example: 200), absent: "`epochs` decides",
            "Optimizer steps. Excludes `epochs`."),
        .optional(
            "epochs", \.epochs, .number(NumberBounds(above: 0, atMost: 100_000), example: "3"),
            absent: "3, unless `max_steps` is given", "Passes over the training rows. Excludes `max_steps`."),
    ]

    static let batchFields: [Field<TrainingSection>] = [
        .standard(
            "batch_size", \.batchSize, .integer(1...1_000_000, example: 16), standard: "16", "Rows of one batch."),
        .standard(
            "gradient_accumulation", \.gradientAccumulation, .integer(1...1_000_000, example: 1), standard: "1",
            "Batches that make up one optimizer step; exact by token, whatever their lengths. At most 1048576 rows a step."
        ),
        .optional(
            "micro_batch_tokens", \.microBatchTokens, .integer(1...1_000_000_000, example: 4096),
            absent: "chosen by lorad",
            "Tokens computed at once. Bounds memory; the result is the same but for rounding."),
        .standard(
            "max_length", \.maxLength, .integer(2...1_048_576, example: 512), standard: "512",
            "Tokens a row may have."),
        .standard(
            "over_length", \.overLength, .choice(), standard: "`truncate`",
            "What happens to a longer row. Both are counted in the report."),
    ]

    static let optimizerFields: [Field<TrainingSection>] = [
        .standard(
            "learning_rate", \.learningRate, .number(NumberBounds(above: 0, atMost: 1), example: "2.0e-4"),
            standard: "2.0e-4", "The highest learning rate of the schedule."),
        .standard(
            "schedule", \.schedule, .choice(), standard: "`linear`",
            "The learning rate after warmup: falls in a line or half a cosine to 0, or stays; or half a cosine to "
                + "`min_lr`, over all steps or the last ones."),
        .optional(
            "min_lr", \.minLR, .number(NumberBounds(atLeast: 0, atMost: 1), example: "2.0e-5"),
            absent: "`min_lr_rate`",
            "The learning rate that `cosine_with_min_lr` and `warmup_stable_decay` end at. Excludes `min_lr_rate`."),
        .optional(
            "min_lr_rate", \.minLRRate, .number(NumberBounds(atLeast: 0, atMost: 1), example: "0.1"),
            absent: "0 with `warmup_stable_decay`", "The same as a share of `learning_rate`. Excludes `min_lr`."),
        .optional(
            "decay_steps", \.decaySteps, .integer(1...1_000_000_000, example: 20), absent: "a tenth of the steps",
            "The last steps, in which `warmup_stable_decay` falls."),
        .optional(
            "warmup_steps", \.warmupSteps, .integer(0...1_000_000_000, example: 10), absent: "`warmup_ratio` decides",
            "Steps in which the learning rate rises. Excludes `warmup_ratio`."),
        .optional(
            "warmup_ratio", \.warmupRatio, .number(NumberBounds(atLeast: 0, below: 1), example: "0.06"),
            absent: "0.06, unless `warmup_steps` is given",
            "Share of the steps in which the learning rate rises from 0. Excludes `warmup_steps`."),
        .standard(
            "weight_decay", \.weightDecay, .number(NumberBounds(atLeast: 0, atMost: 1), example: "0.01"),
            standard: "0", "AdamW's decoupled weight decay."),
        .standard(
            "max_grad_norm", \.maxGradNorm, .number(NumberBounds(atLeast: 0), example: "1.0"), standard: "1.0",
            "Gradients are scaled down to this global norm; 0 leaves them as they are."),
        .optional(
            "label_smoothing", \.labelSmoothing, .number(NumberBounds(atLeast: 0, below: 1), example: "0.1"),
            absent: "0", "Share of a target's probability that is spread evenly over all tokens, or classes."),
        .optional(
            "lora_plus_ratio", \.loraPlusRatio, .number(NumberBounds(atLeast: 1, atMost: 10_000), example: "16"),
            absent: "1",
            "How many times A's learning rate B's is (LoRA+); `learning_rate` is A's. For methods with A and B."),
        .optional(
            "neftune_alpha", \.neftuneAlpha, .number(NumberBounds(above: 0, atMost: 1_000), example: "5"),
            absent: "no noise",
            "Adds noise to token embeddings while training (NEFTune): uniform within ±alpha/√(L·d), for L tokens of d."),
    ]

    static let runFields: [Field<TrainingSection>] = [
        .standard(
            "seed", \.seed, .integer(0...Int.max, example: 42), standard: "42",
            "Decides initial weights, order of the rows and dropout."),
        .standard(
            "append_eos", \.appendEOS, .boolean, standard: "true",
            "Trains the end-of-text token after each completion; a base that names none is refused."),
        .standard(
            "checkpoint_every", \.checkpointEvery, .integer(1...1_000_000_000, example: 50), standard: "50",
            "Steps between checkpoints; a crash loses at most this many."),
        .optional(
            "validate_every", \.validateEvery, .integer(1...1_000_000_000, example: 50),
            absent: "`checkpoint_every`, with validation data",
            "Steps between measurements of the validation loss. Needs `dataset.validation`."),
        .optional(
            "early_stopping", \.earlyStopping, .section("{patience: 3, min_delta: 0.001}"), absent: "off",
            "Ends training when the validation loss stops falling. Needs `dataset.validation`."),
        .optional(
            "best", \.best, .section("{metric: validation_loss, keep: best}"),
            absent: "the last step; under `version: 2` the best one, with validation data",
            "Which step's adapter is published. Needs `dataset.validation`."),
        .standard(
            "dtype", \.dtype, .choice(), standard: "`auto`",
            """
            How the base's frozen weights are stored; products are in bfloat16 too where the CPU has an instruction for \
            them (AVX512-BF16), else in float32. `auto` is bfloat16 there and float32 elsewhere. The adapter stays in \
            float32.
            """),
        .standard(
            "activation_checkpointing", \.activationCheckpointing, .boolean, standard: "false",
            "Computes activations again in the backward pass, but for attention: less memory, a fifth more time, the "
                + "same result."),
    ]
}
