import ModelFiles
import Testing

// What goldens list. A loop over nothing would pass on nothing: a list that is not there, is empty, or holds something
// else than it should ends the test.

/// The elements of a list of a golden, one at least.
///
/// - Throws: where it is no list, or empty.
package func goldenList(_ value: JSONValue?, _ file: String = #filePath, _ line: Int = #line) throws -> [JSONValue] {
    let location = SourceLocation.of(file, line)
    let list = try #require(value?.arrayValue, "a golden lacks a list", sourceLocation: location)
    try #require(!list.isEmpty, "a golden's list is empty", sourceLocation: location)
    return list
}

/// The whole numbers of a golden's list, which may be empty.
///
/// - Throws: where it is no list of whole numbers.
package func goldenIntegers(_ value: JSONValue?, _ file: String = #filePath, _ line: Int = #line) throws -> [Int] {
    try goldenValues(value, .of(file, line)) { $0.intValue }
}

/// The numbers of a golden's list, which may be empty.
///
/// - Throws: where it is no list of numbers.
package func goldenNumbers(_ value: JSONValue?, _ file: String = #filePath, _ line: Int = #line) throws -> [Double] {
    try goldenValues(value, .of(file, line)) { $0.doubleValue }
}

/// The texts of a golden's list, which may be empty.
///
/// - Throws: where it is no list of texts.
package func goldenTexts(_ value: JSONValue?, _ file: String = #filePath, _ line: Int = #line) throws -> [String] {
    try goldenValues(value, .of(file, line)) { $0.stringValue }
}

private func goldenValues<Value>(
    _ value: JSONValue?, _ location: SourceLocation, _ read: (JSONValue) -> Value?
) throws -> [Value] {
    let list = try #require(value?.arrayValue, "a golden lacks a list", sourceLocation: location)
    return try list.map { try #require(read($0), "a golden's list holds something else", sourceLocation: location) }
}

/// Elements side by side of two collections that must be as long as one another.
///
/// - Throws: where they are not.
package func paired<One: Collection, Other: Collection>(
    _ one: One, _ other: Other, _ file: String = #filePath, _ line: Int = #line
) throws -> Zip2Sequence<One, Other> {
    try #require(one.count == other.count, "not as many on both sides", sourceLocation: .of(file, line))
    return zip(one, other)
}

extension SourceLocation {
    /// The place in a test that asked.
    fileprivate static func of(_ file: String, _ line: Int) -> SourceLocation {
        SourceLocation(
            fileID: file.split(separator: "/").suffix(2).joined(separator: "/"), filePath: file, line: line, column: 1)
    }
}
