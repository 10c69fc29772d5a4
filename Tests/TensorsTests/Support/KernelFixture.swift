import Foundation
import Tensors
import Testing

/// One of `Tests/Fixtures/kernels`: what PyTorch computed, with the tolerance to meet.
struct KernelFixture: Decodable {
    struct Entry: Decodable {
        let rows: Int
        let columns: Int
        let rtol: Double
        let atol: Double
        let values: [Double]
    }

    private let scalars: [String: Double]
    private let tensors: [String: Entry]

    static func load(_ name: String) throws -> KernelFixture {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/kernels")
        let data = try Data(contentsOf: folder.appendingPathComponent("\(name).json"))
        return try JSONDecoder().decode(KernelFixture.self, from: data)
    }

    func scalar(_ name: String) throws -> Double { try #require(scalars[name]) }

    func matrix(_ name: String) throws -> Matrix {
        let entry = try #require(tensors[name])
        return Matrix(entry.values.map { Float($0) }, rows: entry.rows, columns: entry.columns)
    }

    func integers(_ name: String) throws -> [Int] { try matrix(name).values.map { Int($0) } }

    func expect(
        _ actual: Matrix, equals name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let entry = try #require(tensors[name])
        expectClose(
            actual.values, entry.values, rtol: entry.rtol, atol: entry.atol, name, sourceLocation: sourceLocation)
    }
}
