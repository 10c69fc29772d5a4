import Adapters
import ModelFiles
import Tokenizers

extension ExportTarget {
    /// A whole model in one file, in floating point or requantised.
    static let mergedGGUF = ExportTarget(
        name: "gguf", summary: "one model.gguf of merged weights, for llama.cpp", options: [.type, .maxKL]
    ) { subject, folder in
        var exported = try MergedGGUF.write(subject, folder)
        exported.commands = ["llama-cli -m \(Shell.quoted("\(subject.output)/\(exported.model)"))"]
        return exported
    }
}

/// The merged model that more than one form holds.
enum MergedGGUF {
    /// Writes model.gguf, reads it back and measures it.
    ///
    /// - Throws: `PipelineError.rejected` for a classifier or a type that no model is written in, `.failed` where what was
    ///   written stands too far from base and adapter.
    static func write(_ subject: ExportSubject, _ folder: String) throws -> Exported {
        try subject.requireLanguage("a GGUF")
        let type = subject.options.type ?? StoredTypes.ofGGUF(subject.files)
        let (model, adapter) = try subject.load()
        let tokenizer = try TokenizerLoader.load(subject.files)
        let export = MergedExport(adapter, base: subject.files, dtype: type, reporter: subject.reporter)
        let loss = try subject.proof(tokenizer, dtype: type, scratch: folder)
            .measure(consume model, adapter, writing: .export(.gguf, folder: folder), export)
        try loss.check(maxKL: subject.options.maxKL)
        let written = try GGUFFile(path: "\(folder)/\(GGUFModelWriter.fileName)")
        let tensors = written.tensors.values.reduce(into: [String: Int]()) { $0[$1.dtype.rawValue, default: 0] += 1 }
        return Exported(
            model: GGUFModelWriter.fileName, dtype: type.rawValue, tensors: tensors, loss: loss,
            modules: adapter.modules.count, notes: notes(type, tensors))
    }

    private static func notes(_ type: FileDType, _ tensors: [String: Int]) -> [String] {
        let narrowed = ["Q5_0", "Q5_1"].filter { tensors[$0] != nil }
        guard !narrowed.isEmpty, type == .q4k else { return [] }
        return [
            "Tensors whose rows are no multiple of 256 are stored as \(narrowed.joined(separator: " and ")) in the place "
                + "of \(type.rawValue), as llama.cpp does."
        ]
    }
}
