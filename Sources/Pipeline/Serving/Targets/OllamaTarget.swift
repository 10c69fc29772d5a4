import Adapters
import Common
import Evaluation
import Foundation
import ModelFiles
import Tokenizers

extension ExportTarget {
    /// What `ollama create` takes: the base's GGUF and the adapter beside it, or a merged GGUF where the base is none, a
    /// type was asked for, or llama.cpp has no adapters of its kind.
    static let ollama = ExportTarget(
        name: "ollama", summary: "a Modelfile with its GGUF files, for Ollama", options: [.type, .maxKL]
    ) { subject, folder in
        try subject.requireLanguage("Ollama")
        var exported = try OllamaFolder.writeWeights(subject, folder)
        let adapter = exported.model.isEmpty ? nil : exported.model
        let (modelfile, notes) = try OllamaFolder.modelfile(subject, adapter: adapter)
        try AtomicFile.write(Data(modelfile.text.utf8), to: "\(folder)/\(Modelfile.fileName)")
        exported.model = Modelfile.fileName
        exported.notes += notes
        let name = Shell.quoted(subject.name.lowercased())
        exported.commands = ["ollama create \(name) -f \(Shell.quoted("\(subject.output)/\(Modelfile.fileName)"))"]
        return exported
    }
}

/// What lies beside a Modelfile, and what stands in it.
private enum OllamaFolder {
    /// Writes the weights.
    ///
    /// - Returns: what was written; its model is the adapter's file, or nothing where the weights are merged.
    static func writeWeights(_ subject: ExportSubject, _ folder: String) throws -> Exported {
        guard let gguf = subject.files.gguf, subject.options == ExportOptions(), try hasAdapterFile(subject) else {
            var exported = try MergedGGUF.write(subject, folder)
            exported.model = ""
            return exported
        }
        let modules = try GGUFAdapter.write(subject, folder)
        let copy = "\(folder)/\(GGUFModelWriter.fileName)"
        try ExactCopy.write(gguf.location, to: copy)
        guard try GGUFFile(path: copy).tensors == gguf.tensors else {
            throw PipelineError(.failed, "The copy of \(gguf.location) is not what it was copied from.")
        }
        return Exported(model: GGUFAdapterFile.fileName, modules: modules)
    }

    private static func hasAdapterFile(_ subject: ExportSubject) throws -> Bool {
        try Adapter.method(folder: subject.adapterFolder).ggufObstacle == nil
            && !Adapter.adaptsEmbedding(folder: subject.adapterFolder)
    }

    static func modelfile(_ subject: ExportSubject, adapter: String?) throws -> (Modelfile, notes: [String]) {
        let tokenizer = try TokenizerLoader.load(subject.files)
        let template = try ChatTemplate.load(subject.files, tokenizer: tokenizer)
        let format = template.flatMap { TurnFormat.matching($0, tokenizer: tokenizer) }
        let ends = try EndTokens.of(subject.files, tokenizer).map { tokenizer.decode([$0], skipSpecial: false) }
        var notes: [String] = []
        if template != nil, format == nil {
            notes.append(
                "TEMPLATE is left out: the base's chat template is none that lorad can say in Ollama's words; Ollama goes by "
                    + "what it knows of the file.")
        }
        if template == nil { notes.append("TEMPLATE is left out: the base has no chat template.") }
        let unstated = ends.filter { !Modelfile.canState($0) }
        if !unstated.isEmpty {
            notes.append("\(unstated.count) end tokens are left out, whose text no Modelfile can state.")
        }
        let file = Modelfile(
            comment:
                "\(subject.name) on the base \(subject.place.identity.baseSHA256), by lorad \(LoradVersion.current)",
            model: GGUFModelWriter.fileName, adapter: adapter, template: format,
            stops: ends.filter(Modelfile.canState))
        return (file, notes)
    }
}
