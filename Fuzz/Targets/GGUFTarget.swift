import ModelFiles
import Tensors
import Tokenizers
import Transformers

/// A GGUF file: header, tensors of every type, and the model and vocabulary that it describes.
package struct GGUFTarget: FuzzTarget {
    package static let name = "gguf"

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        let path = try scratch.write(bytes, as: "x.gguf")
        guard let file = try accepted({ try GGUFFile(path: path) }) else { return }
        try checkWriting(file, try TensorReading.all(file, fileBytes: bytes.count))
        guard let base = try accepted({ try BaseModelFiles(path: path) }) else { return }
        for name in base.tensorNames {
            guard let info = base.info(name) else { throw FuzzViolation(message: "\(name) is named and not there") }
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            _ = try accepted { try base.read(name, into: matrix) }
        }
        _ = try accepted { try ContentHash.ofTokenizer(base) }
        if let tokenizer = try accepted({ try TokenizerLoader.load(base) }) {
            try TokenizerChecks.run(tokenizer)
            try checkExport(base, tokenizer)
            _ = try accepted { try ChatTemplate.load(base, tokenizer: tokenizer) }
        }
        if base.parameterCount <= 1 << 16 { try ModelChecks.run(base) }
        let family = try ModelFamilies.named(base.configuration.modelType)
        guard let shapes = try accepted({ try family.tensorShapes(base.configuration) }) else { return }
        try ModelChecks.run(base.configuration, shapes: shapes)
    }

    /// A vocabulary that can be written as tokenizer.json encodes there as it does here.
    private func checkExport(_ base: BaseModelFiles, _ tokenizer: any Tokenizer) throws {
        guard try accepted({ try TokenizerFiles.write(base, to: scratch.path) }) != nil else { return }
        guard let copy = try accepted({ try TokenizerLoader.load(ModelFolder(scratch.path)) }) else {
            throw FuzzViolation(message: "tokenizer.json is refused as lorad wrote it")
        }
        for text in TokenizerChecks.texts {
            try require(
                copy.encode(text, allowSpecial: true) == tokenizer.encode(text, allowSpecial: true),
                "tokenizer.json encodes '\(text)' otherwise than the GGUF that it was written from")
        }
    }

    /// Metadata and elements survive being written by lorad.
    private func checkWriting(_ file: GGUFFile, _ tensors: [TensorReading.Read]) throws {
        let metadata = file.metadata.filter { $0.key != "general.alignment" }
        // A scalar has no dimensions, which the writer does not write.
        let written = tensors.filter { !$0.info.shape.isEmpty && TensorReading.isOfSensibleShape($0) }
        let entries = written.map { read in
            (
                entry: TensorEntry(name: read.info.name, matrix: read.matrix, shape: read.info.shape),
                dtype: FileDType.f32
            )
        }
        let copy = scratch.path + "/copy.gguf"
        try GGUFWriter.write(metadata: metadata.map { ($0.key, $0.value) }, tensors: entries, to: copy)
        let again = try GGUFFile(path: copy)
        try require(
            "\(again.metadata.sorted { $0.key < $1.key })" == "\(metadata.sorted { $0.key < $1.key })",
            "the metadata does not read back as written")
        try TensorReading.requireEqual(written, try TensorReading.all(again, fileBytes: .max))
    }
}
