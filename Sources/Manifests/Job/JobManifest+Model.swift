extension JobManifest {
    /// What means nothing where every parameter is trained and a model is published, and what to do instead.
    static func checkModel(_ manifest: JobManifest, _ node: YAMLNode, _ context: inout ReadingContext) {
        let method = "adapter.method \(manifest.adapter.method.rawValue)"
        func refuse(_ section: String, _ key: String, _ sentence: String) {
            guard let entry = node[section]?.entry(key), !entry.value.isNull else { return }
            context.diagnostics.add(entry.position, sentence)
        }
        if manifest.merge.export != .none {
            refuse(
                "merge", "export",
                "merge.export is about adapters; \(method) publishes a Hugging Face folder under model/ by itself, in "
                    + "merge.dtype")
        }
        if manifest.training.dtype == .bfloat16 {
            refuse(
                "training", "dtype",
                "training.dtype bfloat16 would round updates away; \(method) trains the weights themselves, in float32")
        }
        refuse(
            "adapter", "init_from",
            "adapter.init_from goes on from an adapter; \(method) goes on from a model: name it as base.path")
        if manifest.promote != nil, let entry = node.entry("promote"), !entry.value.isNull {
            context.diagnostics.add(
                entry.position, "promote is about adapters that serve beside a base; \(method) publishes a model")
        }
        for (index, gate) in manifest.gates.enumerated() where gate.reference.map({ $0 != .base }) ?? false {
            guard let position = node["gates"]?.elements?[index].entries?.first?.position else { continue }
            context.diagnostics.add(
                position,
                "a gate of \(method) is held against the base or a number; \(gate.reference?.rawValue ?? "") is an adapter"
            )
        }
    }
}
