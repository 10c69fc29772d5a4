import AdapterKinds
import Foundation
import ModelFiles

extension AdapterConfigurationFile {
    /// Fields of every method that are read here, or that change nothing about an adapter's output.
    private static let common: Set<String> = [
        "auto_mapping", "base_model_name_or_path", "revision", "inference_mode", "task_type", "peft_type",
        "target_modules", "peft_version", "fan_in_fan_out", "modules_to_save", "exclude_modules",
    ]

    /// Ways to begin A and B that leave the base's weights as they are. The others take their beginning out of them, so
    /// that the file fits a base which only its training had.
    private static let harmlessBeginnings: Set<String> = ["gaussian", "eva", "orthogonal"]

    /// Reads a file as PEFT does; what is absent has PEFT's default.
    ///
    /// - Throws: `AdaptersError.missing`, `.malformed` naming a field of the wrong kind, or `.unsupported` naming one that
    ///   asks for more than low-rank updates of linear projections.
    static func read(_ path: String) throws -> AdapterConfigurationFile {
        try refuseModel(in: (path as NSString).deletingLastPathComponent)
        let file = try ConfigurationFields(path: path, json: try JSONReader.parse(file: path))
        let method = try method(file)
        try checkBeginning(file)
        let understood = common.union(method.settings)
        for (key, value) in file.members where !understood.contains(key) && !isOff(value) {
            throw AdaptersError(
                .unsupported, "\(path) sets '\(key)', which lorad does not support.",
                cause: "It is no setting of \(method.title) that lorad computes.",
                advice: "Merge the adapter into its base with PEFT, and use the merged model.")
        }
        let rank = try file.int("r", default: 8)
        let alpha = try file.float("lora_alpha", default: 8)
        let dropout = try file.float("lora_dropout", default: 0)
        guard (1...AdapterConfiguration.largestRank).contains(rank), (0...1).contains(dropout) else {
            throw AdaptersError(
                .malformed, "\(path) lacks a rank 'r' above zero or a 'lora_dropout' up to 1.")
        }
        let names = try strings("target_modules", file) ?? []
        var configuration = AdapterConfigurationFile(
            AdapterConfiguration(
                method: method, rank: rank, alpha: alpha, dropout: dropout, targets: names.sorted(),
                isRankStabilised: try file.bool("use_rslora", default: false)),
            baseModel: try file.string("base_model_name_or_path", default: ""),
            task: file.value("task_type")?.stringValue.flatMap(Task.init) ?? .causalLanguage,
            modulesToSave: try strings("modules_to_save", file) ?? [])
        if method.settings.contains("bias") { configuration.adapter.bias = try bias(file) }
        try method.read(file, &configuration.adapter)
        configuration.tiesUpdates = try file.bool("ensure_weight_tying", default: false)
        guard method.adaptsProjections else { return configuration }
        configuration.targets = try targets(file, savedWhole: configuration.modulesToSave)
        if method.hasRank {
            configuration.adapter.ranks = try settings("rank_pattern", file, expected: "a whole number above zero") {
                value in
                value.intValue.flatMap { (1...AdapterConfiguration.largestRank).contains($0) ? $0 : nil }
            }
        }
        configuration.adapter.alphas = try settings("alpha_pattern", file, expected: "a number") { value in
            value.doubleValue.map { Float($0) }.flatMap { $0.isFinite ? $0 : nil }
        }
        if method.settings.contains("feedforward_modules") {
            configuration.feedforward = try feedforward(file)
        }
        return configuration
    }

    private static func bias(_ file: ConfigurationFields) throws -> TrainedBiases {
        let name = try file.string("bias", default: "none")
        guard let bias = TrainedBiases(rawValue: name) else {
            throw AdaptersError(
                .malformed, "\(file.path): bias is '\(name)'.",
                advice: "It is one of \(TrainedBiases.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return bias
    }

    /// A run that published a model has no adapter, which whoever asks for one is told.
    static func refuseModel(in folder: String) throws {
        let model = "\(folder)/\(Adapter.modelFolder)"
        let exists = FileManager.default.fileExists(atPath:)
        guard !exists("\(folder)/\(Adapter.configurationFile)"), exists("\(model)/config.json") else { return }
        throw AdaptersError(
            .unsupported, "The run in \(folder) holds a whole model, and no adapter.",
            cause: "Its method is full fine-tuning.",
            advice: "Use the model as a base: --base \(model), or base.path in a manifest.")
    }

    /// PEFT writes the names that it took, so that a file without any is not whole; an empty list means none.
    private static func feedforward(_ file: ConfigurationFields) throws -> AdapterTargets.Names {
        if file.value("feedforward_modules")?.arrayValue?.isEmpty == true { return .list([]) }
        guard let names = try names("feedforward_modules", file) else {
            throw AdaptersError(.malformed, "\(file.path) names no feedforward_modules.")
        }
        return names
    }

    /// The method of the file, which must be PEFT's.
    private static func method(_ file: ConfigurationFields) throws -> AdapterMethod {
        if file.contains("enable_lora") {
            throw AdaptersError(
                .unsupported, "\(file.path) is of the legacy kind with 'enable_lora'.",
                advice: "Convert it with a PEFT version that wrote such files.")
        }
        if file.value("peft_type") == nil, file.contains("lora_parameters") || file.contains("fine_tune_type") {
            throw AdaptersError(
                .unsupported, "\(file.path) is an adapter of mlx-lm, which is laid out otherwise than PEFT's.",
                advice: "Fuse it into its base with `mlx_lm.fuse --de-quantize`, and use the fused model.")
        }
        let kind = file.value("peft_type")?.stringValue
        let found = try AdapterMethods.method(peftType: kind) { try file.bool($0, default: false) }
        guard let found else {
            let known = Set(AdapterMethods.all.compactMap(\.peftType).map { "'\($0)'" }).sorted().joined(
                separator: " or ")
            throw AdaptersError(.unsupported, "\(file.path) has the peft_type '\(kind ?? "none")', not \(known).")
        }
        return found
    }

    private static func checkBeginning(_ file: ConfigurationFields) throws {
        let key = "init_lora_weights"
        guard let value = file.value(key), value.boolValue == nil else { return }
        guard let name = value.stringValue else {
            throw AdaptersError(.malformed, "\(file.path): \(key) is \(value.kind), not a name, true or false.")
        }
        guard !harmlessBeginnings.contains(name.lowercased()) else { return }
        throw AdaptersError(
            .unsupported,
            "\(file.path) says \(key): '\(name)', with which training began by changing the base's weights.",
            cause:
                "On the base as it is published A and B give other answers than they were trained to. Without such a "
                + "change begin: true, false, \(harmlessBeginnings.sorted().joined(separator: ", ")).",
            advice: "Save it with PEFT's save_pretrained(…, path_initial_model_for_weight_conversion=…), which makes a "
                + "plain LoRA adapter of it, or merge it where it was trained.")
    }

    private static func targets(_ file: ConfigurationFields, savedWhole: [String]) throws -> AdapterTargets {
        guard let names = try names("target_modules", file) else {
            throw AdaptersError(.malformed, "\(file.path) names no target_modules.")
        }
        var targets = AdapterTargets(targets: names)
        if case .pattern(let pattern) = names, pattern.text.lowercased() == TargetWord.allLinear {
            targets.targets = .allLinear
        }
        targets.excluded = try self.names("exclude_modules", file)
        targets.savedWhole = try savedWhole.map(AdapterTargets.whole)
        let layers = try file.ints("layers_to_transform")
        let pattern = file.value("layers_pattern")
        let layerNames =
            try pattern?.stringValue.map { $0.isEmpty ? [] : [$0] } ?? strings("layers_pattern", file) ?? []
        if case .list = names {
            guard !layers.isEmpty || layerNames.isEmpty else {
                throw AdaptersError(.malformed, "\(file.path) has a layers_pattern without layers_to_transform.")
            }
        } else if file.value("layers_to_transform") != nil || pattern != nil {
            throw AdaptersError(
                .malformed,
                "\(file.path) picks layers although its target_modules are an expression, which PEFT refuses.")
        }
        targets.layers = layers.isEmpty ? nil : Set(layers)
        targets.layerNames = try layerNames.map(ModulePattern.init)
        return targets
    }

    /// A list of names, or an expression; nil where the field is absent, or an empty list.
    private static func names(_ key: String, _ file: ConfigurationFields) throws -> AdapterTargets.Names? {
        if let text = file.value(key)?.stringValue { return text.isEmpty ? nil : .pattern(try ModulePattern(text)) }
        return try strings(key, file).flatMap { $0.isEmpty ? nil : .list($0) }
    }

    /// A list of strings; nil where the field is absent, null or, for target_modules, a string.
    private static func strings(_ key: String, _ file: ConfigurationFields) throws -> [String]? {
        guard let value = file.value(key), value.stringValue == nil || key == "modules_to_save" else { return nil }
        let strings = value.arrayValue?.compactMap(\.stringValue)
        guard let strings, strings.count == value.arrayValue?.count else {
            throw AdaptersError(.malformed, "\(file.path): \(key) is \(value.kind), not a list of names.")
        }
        return strings
    }

    private static func settings<Value: Sendable>(
        _ key: String, _ file: ConfigurationFields, expected: String, _ convert: (JSONValue) -> Value?
    ) throws -> ModuleSettings<Value> {
        let members = try file.fields(key)?.members ?? []
        return try ModuleSettings(
            try members.map { name, value in
                guard let converted = convert(value) else {
                    throw AdaptersError(.malformed, "\(file.path): \(key) of '\(name)' is not \(expected).")
                }
                return (key: name, value: converted)
            })
    }

    private static func isOff(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false), .integer(0): true
        case .string(let text): text == "none"
        case .array(let elements): elements.isEmpty
        case .object(let object): object.count == 0
        default: false
        }
    }
}
