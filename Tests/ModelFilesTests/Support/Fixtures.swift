import Foundation
import ModelFiles
import Tensors

/// The files that scripts/reference/model_files.py wrote.
enum Fixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/modelfiles").path

    static func path(_ name: String) -> String { "\(folder)/\(name)" }

    static func json(_ name: String) throws -> JSONValue { try JSONReader.parse(file: path(name)) }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }
}

extension JSONValue {
    /// A list of 32-bit patterns.
    var bits: [UInt32] { arrayValue?.compactMap { $0.intValue.map(UInt32.init) } ?? [] }

    var floats: [Float] { bits.map(Float.init(bitPattern:)) }
}

extension TensorSource {
    /// All elements of a tensor as bit patterns.
    func bits(_ name: String) throws -> [UInt32] {
        let info = tensors[name]
        let matrix = Matrix(rows: info?.rows ?? 1, columns: info?.columns ?? 1)
        try read(name, into: matrix)
        return matrix.values.map(\.bitPattern)
    }
}
