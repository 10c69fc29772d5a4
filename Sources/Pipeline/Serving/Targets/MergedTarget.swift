import ModelFiles
import Tokenizers

extension ExportTarget {
    /// A whole model in transformers' files, spread over as many as the base's and in its types.
    static let merged = ExportTarget(
        name: "merged", summary: "a Hugging Face folder of merged weights", options: [.dtype]
    ) { subject, folder in
        let (model, adapter) = try subject.load()
        let tokenizer = try TokenizerLoader.load(subject.files)
        let dtype = subject.options.dtype ?? StoredTypes.ofMerged(subject.files)
        let export = MergedExport(
            adapter, base: subject.files, dtype: dtype, keepsTypes: subject.options.dtype == nil, task: subject.task,
            reporter: subject.reporter)
        let parity = try subject.proof(tokenizer, dtype: dtype, scratch: folder)
            .run(consume model, adapter, writing: .export(.safetensors, folder: folder), export)
        return Exported(model: "", dtype: parity.dtype, parity: parity, modules: adapter.modules.count)
    }
}

/// What merged weights are stored in where nobody says.
enum StoredTypes {
    /// The type that most of the base has, where safetensors have it; else float32.
    static func ofMerged(_ base: BaseModelFiles) -> FileDType {
        SafetensorsWriter.types.contains(base.dominantType) ? base.dominantType : .f32
    }

    /// The type that most of the base has, where it is one of floating point; else F16: types in blocks round an
    /// adapter's update away, so that they are for whoever asks.
    static func ofGGUF(_ base: BaseModelFiles) -> FileDType {
        SafetensorsWriter.types.contains(base.dominantType) ? base.dominantType : .f16
    }
}
