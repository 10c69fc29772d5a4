import Common

/// An entry of `after_promote` in lorad.yaml: what is exported once an alias has moved, so that what serves follows it.
package struct FollowUpConfiguration: Section, Codable {
    /// What messages and the ledger call it.
    package var name = ""
    /// The form that is written.
    package var export = ExportForm.merged
    /// The folder that holds a folder for each adapter's name.
    package var output = ""
    /// The alias that is followed.
    package var alias = "champion"
    /// Patterns of the adapters' names; empty: every name.
    package var names: [String] = []
    /// The base; nil: where each version's run found it.
    package var base: String?
    /// Of a merged GGUF: what weights are stored in; nil: the form's own choice.
    package var type: GGUFStorage?
    /// Of merged safetensors; nil: each tensor as the base has it.
    package var dtype: SafetensorsStorage?
    /// Of a merged GGUF: most nats from base and adapter, in the mean; nil: less than the adapter itself moves.
    package var maxKL: Double?
    /// Exports before the one that serves that stay.
    package var keep = 1
    /// Hooks that are told when the export is in its place.
    package var notify: [String] = []

    package init() {}

    static let fields: [Field<FollowUpConfiguration>] = [
        .required(
            "name", \.name, .name(example: "serving"), missing: "give the entry a name, such as serving",
            "What messages and the ledger call it."),
        .required(
            "export", \.export, .choice(), missing: "say which form, such as merged",
            "The form that is written, as `lorad export --to` names it."),
        .required(
            "output", \.output, .path(example: "served/merged"), missing: "name a folder for the exports",
            "The folder of the exports: `OUTPUT/NAME/current` is a link to that of the version that serves."),
        .standard(
            "alias", \.alias, .aliasName, standard: "`champion`", "The alias that is followed."),
        .standard(
            "names", \.names, .list(of: .jobPattern, ListRule(atLeast: 1, allowsSingle: true), example: "[tickets]"),
            standard: "every name", "Whose alias: names, where `*` stands for any text and `?` for one character."),
        .optional(
            "base", \.base, .path(example: "bases/smollm2-135m-instruct"), absent: "where the version's run found it",
            "The base; one of other bytes than the version was trained on is refused."),
        .optional(
            "type", \.type, .choice(), absent: "the base's own, or F16",
            "Of `gguf` and `ollama`: what merged weights are stored in."),
        .optional(
            "dtype", \.dtype, .choice(), absent: "as the base has them", "Of `merged`: what tensors are stored in."),
        .optional(
            "max_kl", \.maxKL, .number(NumberBounds(atLeast: 0), example: "0.1"),
            absent: "less than the adapter itself moves them",
            "Of `gguf` and `ollama`: most nats that next-token distributions may be from those of base and adapter, in "
                + "the mean."),
        .standard(
            "keep", \.keep, .integer(0...1_000, example: 1), standard: "1",
            "Exports of earlier versions that stay beside the one that serves, the latest: a rollback to one of them "
                + "writes nothing."),
        .standard(
            "notify", \.notify, .list(of: .hookName, example: "[deploy]"), standard: "none",
            "Hooks that are told `export.ready` when the link leads to the export, whatever their `events`."),
    ]

    static func check(
        _ section: inout FollowUpConfiguration, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        let takers: [(key: String, forms: [ExportForm])] = [
            ("type", ExportForm.withType), ("max_kl", ExportForm.withType), ("dtype", [.merged]),
        ]
        for (key, forms) in takers {
            guard let entry = node.entry(key), !entry.value.isNull, !forms.contains(section.export) else { continue }
            context.diagnostics.add(
                entry.position,
                "\(path)\(key) belongs to the forms \(forms.map(\.rawValue).joined(separator: ", ")), not to "
                    + section.export.rawValue)
        }
    }
}

extension WorkerConfiguration {
    /// Entries have names and folders of their own, and name hooks that there are.
    static func checkFollowUps(_ section: WorkerConfiguration, _ node: YAMLNode, _ context: inout ReadingContext) {
        let hooks = section.hooks.map(\.name)
        for (index, entry) in (node["after_promote"]?.elements ?? []).enumerated() {
            let before = section.afterPromote.prefix(index)
            let taken: [(key: String, values: [String])] = [
                ("name", before.map(\.name)), ("output", before.map(\.output)),
            ]
            for (key, values) in taken {
                guard let value = entry[key], let text = value.scalar?.text, values.contains(text) else { continue }
                context.diagnostics.add(
                    value.position, "after_promote[\(index)].\(key) \(Shown.quoted(text)) is taken already")
            }
            for element in entry["notify"]?.elements ?? [] {
                guard let text = element.scalar?.text, !hooks.contains(text) else { continue }
                let close = Suggestion.closest(to: text, among: hooks).map { "; did you mean \($0)?" } ?? ""
                context.diagnostics.add(element.position, "hooks defines no \(Shown.quoted(text))\(close)")
            }
        }
    }
}

extension Kind where Value == String {
    /// The name of an alias that is moved by hand.
    static var aliasName: Kind<String> {
        .text("alias", example: "champion", limit: 64) { text in
            VersionReference.isAlias(text)
                ? nil
                : "is no alias: 1 to 64 of a-z, 0-9 and -, beginning with a letter, and none of "
                    + VersionReference.reservedAliases.joined(separator: ", ")
        }
    }
}
