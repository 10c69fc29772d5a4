import Common

/// Where the adapter came from, as a table.
enum ProvenanceSection {
    static func render(_ provenance: Provenance) -> HTML {
        let rows = identity(provenance) + inputs(provenance) + recipe(provenance) + machine(provenance)
        return """
            <section aria-labelledby="provenance"><h2 id="provenance">Provenance</h2><div class="scroll" tabindex="0" \
            role="region" aria-label="Provenance"><table class="facts"><tbody>\(rows)</tbody></table></div></section>
            """
    }

    private static func identity(_ provenance: Provenance) -> [HTML] {
        [
            row("Run", "<code>\(provenance.run)</code>, attempt \(provenance.attempt)"),
            row("Time", "\(FigureFormat.time(provenance.startedAt)) to \(FigureFormat.time(provenance.finishedAt))"),
            provenance.pipeline.map { row("Pipeline", "\(TextBlock.short($0))") } ?? "",
        ]
    }

    private static func inputs(_ provenance: Provenance) -> [HTML] {
        let base = provenance.base
        let files = provenance.datasets.map { file in
            row(
                "\(file.role.rawValue) data".capitalizedFirst,
                """
                \(TextBlock.short(file.path, to: 200)), \(FigureFormat.count(file.rows)) rows<br/>\
                <code>\(file.sha256)</code>\(file.chatTemplate.map(ownTemplate) ?? "")
                """)
        }
        let model: HTML = """
            \(TextBlock.short(base.path, to: 200)), \(TextBlock.short(base.modelType)), \(FigureFormat.count(base.parameters)) parameters\
            <br/><code>\(base.sha256)</code>
            """
        let template = provenance.chatTemplate.map { template in
            row(
                "Chat template",
                "\(TextBlock.short(template.source ?? "the base's", to: 200))<br/><code>\(template.sha256)</code>")
        }
        return [row("Base", model), row("Tokenizer", "<code>\(base.tokenizerSHA256)</code>")]
            + [template, provenance.tools.map(tools)].compactMap(\.self) + files
    }

    private static func tools(_ file: ToolsProvenance) -> HTML {
        row(
            "Tools",
            "\(TextBlock.short(file.path, to: 200)), \(FigureFormat.count(file.tools)) tools<br/><code>\(file.sha256)</code>"
        )
    }

    /// Of one file's own.
    private static func ownTemplate(_ template: ChatTemplateProvenance) -> HTML {
        let source = TextBlock.short(template.source ?? "the base's", to: 200)
        return "<br/>written with the chat template \(source)<br/><code>\(template.sha256)</code>"
    }

    private static func recipe(_ provenance: Provenance) -> [HTML] {
        let (adapter, training) = (provenance.adapter, provenance.training)
        let shape = """
            \(([adapter.methodText] + adapter.settings).joined(separator: ", "))\
            \(adapter.targets.isEmpty ? "" : ", on \(TextBlock.short(adapter.targets.joined(separator: ", "), to: 400))")
            """
        let schedule = """
            \(training.steps) steps of \(training.batchSize) rows up to \(training.maxLength) tokens, learning rate \
            \(FigureFormat.plain(training.learningRate)) \(ScheduleWording.render(training)), weight decay \(FigureFormat.plain(training.weightDecay)), \
            gradient norm clipped to \(FigureFormat.plain(training.maxGradNorm))\
            \(ScheduleWording.regularisation(training)), seed \(training.seed), \
            \(dtype(training))\(goingOn(training.kernels ?? []))
            """
        return [row("Adapter", "\(shape)"), row("Training", "\(TextBlock.short(schedule, to: 600))")]
    }

    /// Weights and products where they are of two dtypes.
    private static func dtype(_ training: TrainingProvenance) -> String {
        guard let compute = training.computeDType, compute != training.dtype else { return training.dtype }
        return "weights stored in \(training.dtype), products in \(compute)"
    }

    /// What a run that went on with other kernels should not be taken for.
    private static func goingOn(_ kernels: [KernelProvenance]) -> String {
        guard kernels.count > 1 else { return "" }
        let spans = kernels.map { "\($0.variant) (number \($0.number)) from step \($0.firstStep + 1) on" }
        return ", computed by kernels " + spans.joined(separator: ", ")
            + ": bits may differ from an undisturbed run's"
    }

    private static func machine(_ provenance: Provenance) -> [HTML] {
        let machine = provenance.machine
        let versions = provenance.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let number = machine.kernelsNumber.map { " (number \($0))" } ?? ""
        let computer =
            "\(machine.cpu), \(machine.threads) threads, kernels \(machine.instructions)\(number), \(machine.system)"
        return [
            row("Machine", "\(TextBlock.short(computer, to: 400))"),
            row("Versions", "\(TextBlock.short(versions.joined(separator: ", "), to: 800))"),
        ]
    }

    private static func row(_ name: String, _ value: HTML) -> HTML {
        "<tr><th scope=\"row\">\(name)</th><td>\(value)</td></tr>"
    }
}

extension String {
    /// The text with its first letter in upper case.
    fileprivate var capitalizedFirst: String {
        prefix(1).uppercased() + dropFirst()
    }
}
