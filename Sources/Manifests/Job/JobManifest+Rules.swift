import AdapterKinds

extension JobManifest {
    /// Contradictions between sections.
    static func check(
        _ manifest: inout JobManifest, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        // Here, as a manifest without a training section needs the default too.
        if node["training.max_steps"] == nil && node["training.epochs"] == nil { manifest.training.epochs = 3 }
        if manifest.training.warmupSteps == nil {
            manifest.training.warmupRatio = manifest.training.warmupRatio ?? TrainingSection.standardWarmupRatio
        }
        if manifest.adapter.method.publishesModel, node["training.learning_rate"] == nil {
            manifest.training.learningRate = TrainingSection.standardFullLearningRate
        }
        checkWeights(manifest, node, &context)
        checkValidation(&manifest, node, &context)
        checkEvaluation(manifest, node, &context)
        checkBest(manifest, node, &context)
        checkChoices(manifest, node, &context)
        if manifest.dataset.task == .regression, let entry = node["training"]?.entry("label_smoothing"),
            !entry.value.isNull
        {
            context.diagnostics.add(
                entry.position,
                "training.label_smoothing spreads a class's probability; dataset.task regression has no classes")
        }
        if !manifest.adapter.method.hasRank, node["training.lora_plus_ratio"] != nil,
            let entry = node["training"]?.entry("lora_plus_ratio")
        {
            context.diagnostics.add(
                entry.position,
                "training.lora_plus_ratio is about A and B; it goes with adapter.method "
                    + "\(AdapterKind.owners(of: "rank") ?? ""), not \(manifest.adapter.method.rawValue)")
        }
        checkMethod(manifest, node, &context)
        checkGates(manifest, node, &context)
        checkReferences(manifest, node, &context)
        for (key, paths) in [
            ("dataset.train", manifest.dataset.train.paths),
            ("dataset.validation", [manifest.dataset.validation].compactMap(\.self)),
        ] {
            guard let data = node["evaluation.data"], let path = manifest.evaluation.data, paths.contains(path) else {
                continue
            }
            context.diagnostics.add(
                data.position, "evaluation.data is the same file as \(key); score rows that training has not seen")
        }
    }

    /// What does not go with the method of adaptation, outside of its own section.
    private static func checkMethod(_ manifest: JobManifest, _ node: YAMLNode, _ context: inout ReadingContext) {
        let method = manifest.adapter.method
        if method.publishesModel { return checkModel(manifest, node, &context) }
        if !method.isMergeable, manifest.merge.export != .none, let entry = node["merge"]?.entry("export") {
            context.diagnostics.add(
                entry.position,
                "merge.export \(manifest.merge.export.rawValue) needs an adapter that can be merged; adapter.method "
                    + "\(method.rawValue) cannot")
        }
        if method.keys.contains("prompt_tuning_init"), let entry = node["training"]?.entry("neftune_alpha"),
            !entry.value.isNull
        {
            context.diagnostics.add(
                entry.position,
                "training.neftune_alpha disturbs the embeddings that adapter.method \(method.rawValue) trains; "
                    + "remove it")
        }
    }

    /// Rows that are drawn by weights make no passes over the data.
    private static func checkWeights(
        _ manifest: JobManifest, _ node: YAMLNode, _ context: inout ReadingContext
    ) {
        let weights = node["dataset.train"]?.elements?.compactMap { $0["weight"] == nil ? nil : $0.entry("weight") }
        guard let weight = weights?.first else { return }
        if node["training.epochs"] != nil, let epochs = node["training"]?.entry("epochs") {
            context.diagnostics.add(
                epochs.position,
                "training.epochs counts passes over the rows, and rows that are drawn by weights make none; "
                    + "give training.max_steps")
        } else if node["training.max_steps"] == nil {
            context.diagnostics.add(
                weight.position, "a weight needs training.max_steps: rows are drawn until then, not pass after pass")
        }
    }

    private static func checkValidation(
        _ manifest: inout JobManifest, _ node: YAMLNode, _ context: inout ReadingContext
    ) {
        guard node["dataset.validation"] == nil else {
            manifest.training.validateEvery = manifest.training.validateEvery ?? manifest.training.checkpointEvery
            if manifest.version >= 2 { manifest.training.best = manifest.training.best ?? BestCheckpoint() }
            return
        }
        for key in ["validate_every", "early_stopping", "best"] {
            guard let training = node["training"], training[key] != nil, let entry = training.entry(key) else {
                continue
            }
            context.diagnostics.add(
                entry.position, "training.\(key) needs dataset.validation, the rows whose loss it watches")
        }
    }

    /// How rows are scored says something where there are rows to score: those of `evaluation.data`, or the validation's
    /// where a metric of theirs tells the best step.
    private static func checkEvaluation(
        _ manifest: JobManifest, _ node: YAMLNode, _ context: inout ReadingContext
    ) {
        guard let section = node["evaluation"], section["data"] == nil else { return }
        let scoresValidation = manifest.training.best?.metric.ofSlice != nil
        for key in ["slice_by", "choices", "limit"] where section[key] != nil {
            guard let entry = section.entry(key), key == "limit" || !scoresValidation else { continue }
            context.diagnostics.add(entry.position, "evaluation.\(key) needs evaluation.data, the file to score")
        }
    }

    /// A metric of a slice that there cannot be, or that rows of the manifest's kind do not have.
    private static func checkBest(_ manifest: JobManifest, _ node: YAMLNode, _ context: inout ReadingContext) {
        guard let (slice, metric) = manifest.training.best?.metric.ofSlice, let written = node["training.best.metric"]
        else { return }
        if slice != "all", node["evaluation.slice_by"] == nil {
            context.diagnostics.add(
                written.position,
                "training.best.metric is on the slice \(Shown.quoted(slice)); without evaluation.slice_by there is only "
                    + "all: all.\(metric.rawValue)")
        }
        if let fault = fault(metric, manifest.dataset, hasChoices: node["evaluation.choices"] != nil) {
            context.diagnostics.add(written.position, "training.best.metric is \(metric.rawValue), \(fault)")
        }
    }

    private static func checkChoices(
        _ manifest: JobManifest, _ node: YAMLNode, _ context: inout ReadingContext
    ) {
        guard let choices = node["evaluation"]?.entry("choices"), !choices.value.isNull,
            let format = manifest.dataset.format, format != .promptCompletion,
            let written = node["dataset"]?.entry("format")
        else { return }
        let second = choices.position.follows(written.position) ? choices : written
        context.diagnostics.add(
            second.position,
            "evaluation.choices compares completions of a prompt and does not go with dataset.format \(format.rawValue)"
        )
    }

    /// What a run is held against must be there.
    private static func checkReferences(
        _ manifest: JobManifest, _ node: YAMLNode, _ context: inout ReadingContext
    ) {
        if manifest.isPromoted, node["evaluation.data"] == nil, let promote = node.entry("promote") {
            context.diagnostics.add(
                promote.position, "promote: auto needs evaluation.data, the rows that a run is judged on")
        }
        for (index, gate) in (node["gates"]?.elements ?? []).enumerated() where manifest.adapter.initFrom == nil {
            for key in ["better_than", "not_worse_than"] {
                guard let written = gate[key], written.scalar?.text == GateReference.parent.rawValue else { continue }
                context.diagnostics.add(
                    written.position,
                    "gates[\(index)].\(key) is parent; without adapter.init_from there is none")
            }
        }
        if let text = manifest.initReference, VersionReference(reading: text) == nil,
            let written = node["adapter.init_from"]
        {
            context.diagnostics.add(
                written.position,
                "adapter.init_from is \(Shown.quoted(text)), no reference to a version; expected "
                    + "\(VersionReference.shape), or a folder that begins with ./ or /")
        }
    }

    private static func checkGates(_ manifest: JobManifest, _ node: YAMLNode, _ context: inout ReadingContext) {
        guard let gates = node.entry("gates"), let elements = gates.value.elements, !elements.isEmpty else { return }
        guard node["evaluation.data"] != nil else {
            context.diagnostics.add(gates.position, "gates need evaluation.data, the rows they are judged on")
            return
        }
        for (index, gate) in elements.enumerated() {
            if let slice = gate["slice"], let name = slice.scalar?.text, name != "all",
                node["evaluation.slice_by"] == nil
            {
                context.diagnostics.add(
                    slice.position,
                    "gates[\(index)].slice is \(Shown.quoted(name)); without evaluation.slice_by there is only all")
            }
            if let written = gate["metric"], let text = written.scalar?.text, let metric = GateMetric(rawValue: text),
                let fault = fault(metric, manifest.dataset, hasChoices: node["evaluation.choices"] != nil)
            {
                context.diagnostics.add(written.position, "gates[\(index)].metric is \(text), \(fault)")
            }
        }
    }

    /// Why a metric is not measured on the rows of a data set; nil where it is, or where the rows decide it.
    private static func fault(_ metric: GateMetric, _ dataset: DatasetSection, hasChoices: Bool) -> String? {
        let isRegression = dataset.task == .regression
        let mayBeLabelled = dataset.format == nil || dataset.format == .classification
        let isLabelled = dataset.format == .classification || dataset.task != nil || dataset.labels != nil
        switch metric.needs {
        case .language where isLabelled: return "which is measured on text that is predicted token by token"
        case .notRegression where isRegression: return "which a regression does not have; it has pearson and spearman"
        case .classesOrChoices where isRegression: return "which a regression does not have"
        case .classesOrChoices where !isLabelled && !hasChoices:
            return "which is measured over evaluation.choices; give them"
        case .classes where !mayBeLabelled: return "which is measured on rows of dataset.format classification"
        case .classes where isRegression: return "which a regression does not have; it has pearson and spearman"
        case .regression where !mayBeLabelled || dataset.task == .classification || dataset.labels != nil:
            return "which is measured on a regression; dataset.task says whether it is one"
        default: return nil
        }
    }
}
