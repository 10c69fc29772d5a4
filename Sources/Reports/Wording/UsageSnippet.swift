import ForeignText

/// Commands for a reader, the same in the page and the model card.
enum UsageSnippet {
    /// Python that loads base and adapter with transformers and PEFT, run in the run's folder; nil where PEFT has no such
    /// adapters.
    static func python(_ provenance: Provenance) -> String? {
        if provenance.adapter.isModel { return model(provenance.adapter) }
        guard provenance.adapter.isPEFTs else { return nil }
        let path = provenance.base.hubID ?? shown(provenance.base.place)
        let base: String
        if path.hasSuffix(".gguf") {
            let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
            let file = path.split(separator: "/").last.map(String.init) ?? path
            base = "\(ForeignText.forPython(folder)), gguf_file=\(ForeignText.forPython(file))"
        } else {
            base = ForeignText.forPython(path)
        }
        let adapter = provenance.adapter
        let autoClass = adapter.task == nil ? "AutoModelForCausalLM" : "AutoModelForSequenceClassification"
        var head = adapter.task == "regression" ? ", num_labels=1" : ""
        if let labels = adapter.labels {
            let names = labels.enumerated().map { "\($0): \(ForeignText.forPython($1))" }.joined(separator: ", ")
            head = ", num_labels=\(labels.count), id2label={\(names)}"
        }
        return """
            from peft import PeftModel
            from transformers import \(autoClass), AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained(\(base))
            base = \(autoClass).from_pretrained(\(base)\(head))
            model = PeftModel.from_pretrained(base, ".")
            """
    }

    /// Python that loads the model which the run published.
    private static func model(_ adapter: AdapterProvenance) -> String {
        let autoClass = adapter.task == nil ? "AutoModelForCausalLM" : "AutoModelForSequenceClassification"
        return """
            from transformers import \(autoClass), AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained("model")
            model = \(autoClass).from_pretrained("model")
            """
    }

    /// A shell command that asks base and adapter, run in the run's folder.
    static func lorad(_ provenance: Provenance) -> String {
        let path = shown(provenance.base.place).replacingOccurrences(of: "'", with: "'\\''")
        let command = provenance.adapter.task == nil ? "generate --prompt" : "score --text"
        if provenance.adapter.isModel { return "lorad \(command) 'TEXT' --base model" }
        return "lorad \(command) 'TEXT' --base '\(path)' --adapter ."
    }

    /// Shell commands that check a run's files and its base, run in the run's folder.
    static func verify(_ provenance: Provenance) -> String {
        let path = shown(provenance.base.place).replacingOccurrences(of: "'", with: "'\\''")
        return """
            sha256sum -c SHA256SUMS
            lorad verify . --base '\(path)'
            lorad hash '\(path)'   # \(provenance.base.sha256)
            """
    }

    /// A path, or, where it is longer than Linux allows or could not be copied from the page, a place for the reader to put
    /// theirs.
    private static func shown(_ path: String) -> String {
        path.utf8.count <= 4096 && ForeignText.isPlain(path) ? path : "PATH/TO/THE/BASE"
    }
}
