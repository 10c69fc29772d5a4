import Common
import Foundation
import Tensors

/// A base on disk, a Hugging Face folder or a .gguf file, with its tensors under Hugging Face names and layout.
package final class BaseModelFiles: Sendable {
    package enum Format: String, Sendable {
        case huggingFace
        case gguf
    }

    package let path: String
    package let configuration: ModelConfiguration
    /// The GGUF, where the base is one: it carries the tokenizer too.
    package let gguf: GGUFFile?
    /// The folder's files; none are read of it where the base is a GGUF.
    package let folder: ModelFolder
    let source: any TensorSource
    let stored: [String: StoredTensor]

    /// Where a tensor is found in the source.
    struct StoredTensor {
        let info: TensorInfo
        var layout = GGUFLayout.same
    }

    /// - Parameters:
    ///   - rule: which files may be read.
    ///   - families: those that it may be of.
    /// - Throws: `ModelFilesError.missing` where there is no base at `path`, `.unsupported` for what is something else,
    ///   `.forbidden` for a file that the rule refuses; as the readers of its format.
    package init(path: String, rule: ReadingRule, families: KnownFamilies) throws {
        self.path = path
        folder = ModelFolder(path, rule: rule, families: families)
        if try Self.isFolder(path) {
            try BaseKind.check(folder: folder)
            var configuration = try ModelConfiguration.load(folder: folder)
            let files = try ShardedSafetensors(folder: folder)
            var stored = try Self.storedTensors(files)
            configuration.tieWordEmbeddings = try Self.tiesVocabulary(&stored, configuration, in: files)
            self.configuration = configuration
            self.stored = stored
            source = files
            gguf = nil
        } else {
            let file = try GGUFFile(MappedFile(path: path, rule: rule))
            try BaseKind.check(file)
            configuration = try ModelConfiguration(gguf: file, families: families)
            source = file
            gguf = file
            stored = try Self.storedTensors(
                file, families.family(of: file).architecture, headDim: configuration.headDim)
        }
    }

    /// Checks that every file that was hashed, or read whole, still has the bytes that it had then: before anything that
    /// names the base by its hash leaves this process.
    ///
    /// - Throws: `ModelFilesError.mismatch` naming the file.
    package func confirm() throws {
        try folder.confirm()
        try gguf?.file.confirm()
    }

    package var format: Format { gguf == nil ? .huggingFace : .gguf }

    /// Hugging Face names of all tensors, sorted by their bytes.
    package var tensorNames: [String] { stored.keys.sorted { ExactString($0) < ExactString($1) } }

    /// Elements of all tensors; a head tied to the embedding counts once.
    package var parameterCount: Int { stored.values.reduce(0) { $0 + $1.info.elementCount } }

    /// The tensor's description; nil where there is none of that name.
    package func info(_ huggingFaceName: String) -> TensorInfo? { stored[huggingFaceName]?.info }

    /// Reads one tensor by its Hugging Face name as float32; vectors as `[1, n]`.
    ///
    /// - Throws: `ModelFilesError.missing`, `.mismatch` where `matrix` has another shape, `.unsupported` for elements
    ///   that lorad does not read, `.notFinite` for NaN or infinity.
    package func read(_ huggingFaceName: String, into matrix: Matrix) throws {
        try read(huggingFaceName, rows: 0..<(try tensor(huggingFaceName).info.rows), into: matrix)
    }

    /// Reads some rows of a tensor by its Hugging Face name as float32.
    ///
    /// - Throws: as `read(_:into:)`.
    package func read(_ huggingFaceName: String, rows: Range<Int>, into matrix: Matrix) throws {
        let tensor = try tensor(huggingFaceName)
        try read(tensor, huggingFaceName, rows: rows, into: matrix)
        // One such element makes every logit NaN, or the loss of every row.
        guard Kernels.allFinite(matrix) else { throw notFinite(huggingFaceName, matrix, firstRow: rows.lowerBound) }
    }

    private func read(_ tensor: StoredTensor, _ huggingFaceName: String, rows: Range<Int>, into matrix: Matrix) throws {
        guard tensor.layout != .same, !rows.isEmpty else {
            return try source.read(tensor.info.name, rows: rows, into: matrix)
        }
        guard rows.lowerBound >= 0, rows.upperBound <= tensor.info.rows, matrix.rows == rows.count,
            matrix.columns == tensor.info.columns
        else {
            throw ModelFilesError(
                .mismatch,
                "The tensor \(quoted(huggingFaceName)) in \(path) has the shape \(tensor.info.shape); rows "
                    + "\(rows.lowerBound) up to \(rows.upperBound) of it do not fill a matrix of \(matrix.rows) × \(matrix.columns)."
            )
        }
        // Rows move inside their head only, so whole heads are read; other layouts are those of small or rare tensors.
        let headDim = configuration.headDim
        let isByHead = tensor.layout == .rotaryPairs && tensor.info.rows > 1
        let first = isByHead ? rows.lowerBound / headDim * headDim : 0
        let last =
            isByHead
            ? min((rows.upperBound + headDim - 1) / headDim * headDim, tensor.info.rows) : tensor.info.rows
        let isTransposed = tensor.layout == .transposed
        let stored = Matrix(
            rows: isTransposed ? tensor.info.columns : last - first,
            columns: isTransposed ? tensor.info.rows : tensor.info.columns)
        try source.read(tensor.info.name, rows: isTransposed ? 0..<stored.rows : first..<last, into: stored)
        let read = tensor.layout.undo(stored, headDim: headDim)
        matrix.copy(from: read.rows((rows.lowerBound - first)..<(rows.upperBound - first)))
    }

    func tensor(_ name: String) throws -> StoredTensor {
        if let tensor = stored[name] { return tensor }
        throw ModelFilesError(
            .missing, "\(path) holds no tensor \(quoted(name)).",
            advice: Suggestion.closest(to: name, among: tensorNames).map { "The closest name is \(quoted($0))." })
    }

    private func notFinite(_ name: String, _ matrix: Matrix, firstRow: Int) -> ModelFilesError {
        let index = matrix.values.firstIndex { !$0.isFinite } ?? 0
        let (row, column) = index.quotientAndRemainder(dividingBy: max(1, matrix.columns))
        return ModelFilesError(
            .notFinite,
            "The tensor \(quoted(name)) in \(path) holds \(matrix.values[index]) in row \(firstRow + row), column \(column).",
            cause: "Nothing that such a base computes is a number.",
            advice: "Fetch the base again, or use the checkpoint that it was made from.")
    }

    private static func storedTensors(_ source: ShardedSafetensors) throws -> [String: StoredTensor] {
        var stored: [String: StoredTensor] = [:]
        // Old checkpoints carry this buffer, which is computed anew.
        for (own, info) in source.tensors where !own.hasSuffix("rotary_emb.inv_freq") {
            let name = currentName(own)
            guard stored.updateValue(StoredTensor(info: info), forKey: name) == nil else {
                throw ModelFilesError(
                    .malformed, "\(source.location) holds the tensor \(quoted(name)) under two names.")
            }
        }
        return stored
    }

    /// The name that transformers gives a tensor of an old checkpoint: norms had a gamma and a beta, as in TensorFlow.
    private static func currentName(_ name: String) -> String {
        name.replacingOccurrences(of: "LayerNorm.gamma", with: "LayerNorm.weight")
            .replacingOccurrences(of: "LayerNorm.beta", with: "LayerNorm.bias")
    }

    private static func storedTensors(_ file: GGUFFile, _ architecture: GGUFArchitecture, headDim: Int) throws
        -> [String: StoredTensor]
    {
        var stored: [String: StoredTensor] = [:]
        for (own, info) in file.tensors where !architecture.ignored.contains(own) {
            let (name, layout) = architecture.huggingFaceName(own) ?? (own, .same)
            let length = info.shape.count < 2 ? info.columns : info.rows
            guard layout != .rotaryPairs || length % headDim == 0 else {
                throw ModelFilesError(
                    .mismatch,
                    "The tensor \(quoted(own)) of \(file.location) has \(length) rows, no multiple of the head "
                        + "dimension \(headDim).")
            }
            guard
                stored.updateValue(
                    StoredTensor(info: layout == .transposed ? info.transposed : info, layout: layout), forKey: name)
                    == nil
            else {
                throw ModelFilesError(.malformed, "\(file.location) holds the tensor \(quoted(name)) under two names.")
            }
        }
        return stored
    }

    private static func isFolder(_ path: String) throws -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ModelFilesError(
                .missing, "There is no base at \(path).", advice: "Name a Hugging Face folder or a .gguf file.")
        }
        return isFolder.boolValue
    }
}
