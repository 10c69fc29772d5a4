import Adapters
import ModelFiles

extension ExportTarget {
    /// The adapter as llama.cpp lays it over its base.
    static let ggufLoRA = ExportTarget(
        name: "gguf-lora", summary: "one adapter.gguf, for llama.cpp's --lora", options: []
    ) { subject, folder in
        let modules = try GGUFAdapter.write(subject, folder)
        return Exported(
            model: GGUFAdapterFile.fileName, dtype: "F32", modules: modules,
            commands: [
                "llama-cli -m BASE.gguf --lora \(Shell.quoted("\(subject.output)/\(GGUFAdapterFile.fileName)"))"
            ])
    }
}

/// The adapter file that more than one form holds.
enum GGUFAdapter {
    /// Writes adapter.gguf and compares it bit for bit with the adapter.
    ///
    /// - Returns: how many modules it adapts.
    /// - Throws: `PipelineError.rejected` for a classifier; `AdaptersError.unsupported` for a method that llama.cpp has
    ///   no adapters of.
    static func write(_ subject: ExportSubject, _ folder: String) throws -> Int {
        try subject.requireLanguage("a GGUF")
        let adapter = try subject.load().adapter
        let (path, configuration) = ("\(folder)/\(GGUFAdapterFile.fileName)", subject.files.configuration)
        try GGUFAdapterFile.write(adapter, configuration: configuration, name: subject.name, to: path)
        try GGUFAdapterFile.check(path, holds: adapter, configuration: configuration)
        return adapter.modules.count
    }
}
