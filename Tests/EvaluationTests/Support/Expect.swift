import Evaluation
import Foundation
import ModelFiles
import Testing

/// Checks |found − expected| ≤ `tolerance` · max(1, |expected|).
func expectClose(
    _ found: Double?, _ expected: Double, tolerance: Double = 1e-12, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let isClose = found.map { abs($0 - expected) <= tolerance * max(1, abs(expected)) } ?? false
    #expect(isClose, "\(what) \(String(describing: found)), expected \(expected)", sourceLocation: sourceLocation)
}

/// The error of `body` where it is one of evaluation's.
func failure(sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) -> EvaluationError? {
    #expect(throws: EvaluationError.self, sourceLocation: sourceLocation) { try body() }
}

extension JSONValue {
    var doubles: [Double] { (arrayValue ?? []).compactMap(\.doubleValue) }
    var booleans: [Bool] { (arrayValue ?? []).compactMap(\.boolValue) }
}

/// Writes a file of lines into `folder` and returns its path.
func write(_ lines: [String], to name: String = "data.jsonl", in folder: String) throws -> String {
    let path = folder + "/" + name
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
    return path
}
