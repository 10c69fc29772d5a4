extension JobManifest {
    /// Names that mean something else where a job's name may stand: in the outbox the folder of refused manifests and the
    /// link to the last run, and for gates what an adapter is compared with.
    package static let reservedNames = ["rejected", "latest", "base"]

    static let fields: [Field<JobManifest>] =
        [
            .standard(
                "version", \.version, .integer(1...2, example: 1), standard: "1",
                "The version of this format; 2 publishes the best step where 1 publishes the last, and hands reasoning to chat "
                    + "templates under the names that they read."),
            .required(
                "name", \.name, .name(example: "sentiment", reserved: reservedNames),
                missing: "give the adapter a name, such as sentiment",
                "The adapter's name, and its folder's in the outbox: `[a-z0-9][a-z0-9._-]{0,63}`, no `..`, and not `rejected`, `latest` or `base`."
            ),
            // `PipelineDefaults` acts on it.
            .consumed(
                "pipeline", .name(example: "sft"), absent: "none",
                "Takes defaults from `pipelines/NAME.yaml`; what the manifest says wins, key by key."),
        ] + sectionFields + judgementFields

    private static let sectionFields: [Field<JobManifest>] = [
        .required(
            "base", \.base, .section("{path: bases/model.gguf, sha256: …}"),
            missing: "name the base model's path and sha256 (`lorad hash PATH` prints them)",
            "The base model, pinned by content."),
        .required(
            "dataset", \.dataset, .section("{train: data/train.jsonl}"),
            missing: "name the file of rows to train on", "The rows to train on; `dataset: FILE` is short for `train`."),
        .standard("adapter", \.adapter, .section("{rank: 8}"), standard: "as below", "The adapter to train."),
        .standard("training", \.training, .section("{epochs: 3}"), standard: "as below", "How to train."),
        .standard(
            "evaluation", \.evaluation, .section("{data: data/test.jsonl}"), standard: "nothing is scored",
            "The rows that base and adapter are scored on."),
        .standard(
            "regression", \.regression, .section("{prompts: prompts.jsonl}"), standard: "no prompts",
            "Fixed prompts that base, adapter and merged weights answer."),
        .standard(
            "merge", \.merge, .section("{export: gguf}"), standard: "as below", "How merged weights are exported."),
    ]

    private static let judgementFields: [Field<JobManifest>] = [
        .standard(
            "gates", \.gates,
            .list(
                of: .section("{metric: accuracy, min: 0.75}"), ListRule(atMost: 200),
                example: "[{metric: loss, better_than: base}]"),
            standard: "none", "What the run must meet to be published."),
        .optional(
            "promote", \.promote, .choice(), absent: "by hand (`lorad registry promote`)",
            "`auto`: a run that passes its gates becomes the name's champion, if that is still the one that it was judged "
                + "by; else `candidate`. Without a gate on the champion the loss on all rows must not be worse than its."
        ),
        .optional(
            "notify", \.notify, .list(of: .hookName, ListRule(atMost: 100), example: "[chat]"),
            absent: "`notify_default` of lorad.yaml",
            "Names of hooks in lorad.yaml. A manifest never holds a URL."),
        .optional(
            "license", \.license, .licence, absent: "not stated",
            "The adapter's licence as model cards of the Hugging Face Hub name it, such as `apache-2.0`."),
        .standard(
            "priority", \.priority, .integer(-100...100, example: 10), standard: "0",
            "Waiting jobs of a higher priority are started first; within one, the oldest."),
        .optional(
            "stamp", \.stamp, .stamp, absent: "none",
            "Tells the nights of a name apart, in UTC: `submit --stamp` and `schedule` set it. Runs stand under `name`."
        ),
    ]
}

extension Kind where Value == String {
    /// The name of a hook in lorad.yaml.
    static var hookName: Kind<String> {
        .text("hook name", example: "chat") { text in
            text.contains("/")
                ? "is \(Shown.quoted(text)); a manifest never holds a URL, name a hook of lorad.yaml" : nil
        }
    }

    /// A `Stamp`.
    static var stamp: Kind<String> {
        text("stamp", example: "20261124t0200z") { text in
            Stamp.isStamp(text) ? nil : "is \(Shown.quoted(text)); expected a time in UTC, such as 20261124t0200z"
        }
    }
}
