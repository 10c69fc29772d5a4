import CCurl
import Foundation

/// The header `Retry-After`, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after: seconds, or a date.
package enum RetryAfter {
    /// Longer than anybody waits, and far from the ends of every number and date.
    private static let longest = 1e9

    /// Seconds from `now`, however many digits they have, at most a billion; nil where the text is neither seconds nor a
    /// date that is to come. libcurl's own reading takes a number beyond 64 bits for none at all.
    package static func seconds(_ text: String, now: Date) -> Double? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // A number of any length; beyond a double's range it is infinite.
            return Double(text).map { min($0, longest) }.flatMap { $0 > 0 ? $0 : nil }
        }
        let date = curl_getdate(text, nil)
        guard date >= 0 else { return nil }
        let seconds = Double(date) - now.timeIntervalSince1970
        return seconds > 0 ? min(seconds, longest) : nil
    }
}
