import Foundation

/// How lorad writes and reads JSON of its own: keys sorted and slashes as they are, so that the same value is the same
/// bytes; dates as ISO 8601 in UTC, to the second.
package enum JSONCoding {
    package enum Layout: Sendable {
        /// Everything in one line.
        case line
        /// Indented, for files that people open.
        case document
    }

    package static func encoder(_ layout: Layout) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if layout == .document { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }

    package static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
