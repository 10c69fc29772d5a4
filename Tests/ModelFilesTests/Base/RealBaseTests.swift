import Foundation
import ModelFiles
import Tensors
import Testing
import Transformers

/// The base that scripts/fetch brings, or the one that LORAD_TEST_BASE names.
private let realBase: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    let candidates = [
        ProcessInfo.processInfo.environment["LORAD_TEST_BASE"], root + "/bases/SmolLM2-135M-Instruct.Q4_1.gguf",
    ]
    return candidates.compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0) }
}()

@Suite(
    "The real base",
    .enabled(if: realBase != nil, "SKIPPED: no base at LORAD_TEST_BASE or bases/SmolLM2-135M-Instruct.Q4_1.gguf"))
struct RealBaseTests {
    @Test("Rows of quantised tensors, un-permuted, equal what the gguf package decodes")
    func rows() throws {
        let path = try #require(realBase)
        let expected = try Fixtures.json("smollm2-rows.json")
        #expect(try ContentHash.ofFile(path) == expected["sha256"]?.stringValue)
        let base = try BaseModelFiles(path: path)
        #expect(base.parameterCount == 134_515_008)
        for row in try #require(expected["rows"]?.arrayValue) {
            let name = try #require(row["name"]?.stringValue)
            let index = try #require(row["row"]?.intValue)
            let columns = try #require(base.info(name)?.columns)
            let matrix = Matrix(rows: 1, columns: columns)
            try base.read(name, rows: index..<(index + 1), into: matrix)
            let values = matrix.values
            #expect(values.prefix(8).map(\.bitPattern) == row["first"]?.bits, "\(name) \(index)")
            let sum = values.reduce(0) { $0 + Double($1) }
            #expect(abs(sum - (row["sum"]?.doubleValue ?? .nan)) < 1e-9, "\(name) \(index)")
        }
    }

    @Test("Every tensor decodes to finite numbers")
    func everything() throws {
        let base = try BaseModelFiles(path: try #require(realBase))
        #expect(base.configuration.modelType == "llama")
        #expect(base.configuration.tieWordEmbeddings)
        for name in base.tensorNames {
            let info = try #require(base.info(name))
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            try base.read(name, into: matrix)
            for row in 0..<info.rows { #expect(matrix.withRow(row) { $0.allSatisfy(\.isFinite) }, "\(name) \(row)") }
        }
    }
}
