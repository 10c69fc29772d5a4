import Datasets
import Foundation
import Testing

/// The error of `body` where it is one of data sets'.
func failure(sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) -> DatasetsError? {
    #expect(throws: DatasetsError.self, sourceLocation: sourceLocation) { try body() }
}

/// Writes a file of lines into `folder` and returns its path.
func write(_ lines: [String], to name: String = "data.jsonl", in folder: String) throws -> String {
    let path = folder + "/" + name
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
    return path
}
