import Foundation
import ModelFiles
import Tensors
import Tokenizers
import Transformers

/// Where the reference data lies, and how tests read it.
package enum Fixtures {
    /// The package's root.
    package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Path of a fixture, such as `llama-tiny/base`.
    package static func path(_ name: String) -> String { "\(root)/Tests/Fixtures/\(name)" }

    /// The real base that `scripts/fetch` brings.
    package static let realBase = "\(root)/bases/SmolLM2-135M-Instruct.Q4_1.gguf"
    package static var hasRealBase: Bool { FileManager.default.fileExists(atPath: realBase) }

    package static func json(_ name: String) throws -> JSONValue { try JSONReader.parse(file: path(name)) }

    /// One tensor of a safetensors fixture.
    package static func tensor(_ name: String, in file: String) throws -> Matrix {
        let source = try SafetensorsFile(path: path(file))
        guard let info = source.tensors[name] else { throw Missing(name: name) }
        let matrix = Matrix(rows: info.rows, columns: info.columns)
        try source.read(name, into: matrix)
        return matrix
    }

    /// The tiny Llama of llama-tiny, from one of its folders or GGUF files.
    package static func tinyModel(_ name: String = "base", dtype: DType = .float32) throws -> LanguageModel {
        try LanguageModel.load(BaseModelFiles(path: path("llama-tiny/\(name)")), dtype: dtype)
    }

    /// A tiny Llama that has what every method adapts: biases too.
    package static let biasedBase = path("families/llama-biases")

    /// A tiny Llama that a method has something to adapt in.
    package static func tinyBase(for method: String) -> String {
        method == "bitfit" ? biasedBase : path("llama-tiny/base")
    }

    package static func tinyModel(for method: String, dtype: DType = .float32) throws -> LanguageModel {
        try LanguageModel.load(BaseModelFiles(path: tinyBase(for: method)), dtype: dtype)
    }

    struct Missing: Error {
        let name: String
    }
}

/// A folder that goes when the test is over.
package func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lorad-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// The first element that differs by more than `absolute + relative·|expected|`; nil where none does.
package func firstDifference(
    _ values: [Float], _ expected: [Float], relative: Float, absolute: Float
) -> String? {
    guard values.count == expected.count else { return "\(values.count) values, expected \(expected.count)" }
    for (index, (value, wanted)) in zip(values, expected).enumerated()
    where !(abs(value - wanted) <= absolute + relative * abs(wanted)) {
        return "element \(index) is \(value), expected \(wanted)"
    }
    return nil
}
