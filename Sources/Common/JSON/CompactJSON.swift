import Foundation

/// JSON as text in one line, for columns, messages between processes, and bodies of requests. A number that is not
/// finite is the string `nan`, `inf` or `-inf`; a date is a number, to its last digit.
package enum CompactJSON {
    private static let (nan, infinity, negativeInfinity) = ("nan", "inf", "-inf")

    package static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONCoding.encoder(.line)
        encoder.dateEncodingStrategy = .deferredToDate
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: infinity, negativeInfinity: negativeInfinity, nan: nan)
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    package static func decode<Value: Decodable>(_ text: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: infinity, negativeInfinity: negativeInfinity, nan: nan)
        return try decoder.decode(Value.self, from: Data(text.utf8))
    }
}
