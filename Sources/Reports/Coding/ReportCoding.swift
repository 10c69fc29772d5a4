import Common
import Foundation

/// Writes and reads `report.json`: keys sorted, pretty-printed, the same report the same bytes.
///
/// JSON has no NaN and no infinity, and a failed run may hold both. Such a figure is written as `null`, and
/// `not_finite` at the top names its path and what it was; reading restores it. Nothing else is ever `null`.
package enum ReportCoding {
    /// The bytes of `report.json`.
    package static func encode(_ report: RunReport) throws -> Data {
        let marks = NotFiniteMarks()
        var report = report
        report.notFinite = nil
        let marked = try encoder(marks).encode(report)
        guard marked.range(of: Data(marks.token.utf8)) != nil else { return terminated(marked) }
        report.notFinite = marks.paths(in: try JSONSerialization.jsonObject(with: marked))
        let complete = try encoder(marks).encode(report)
        return terminated(marks.replacedByNull(complete))
    }

    /// The report that `data` holds, with the figures that were not finite restored.
    package static func decode(_ data: Data) throws -> RunReport {
        let marks = NotFiniteMarks()
        let decoder = JSONCoding.decoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: marks.positiveInfinity, negativeInfinity: marks.negativeInfinity, nan: marks.nan)
        let tree = try JSONSerialization.jsonObject(with: data)
        guard let paths = (tree as? [String: Any])?["not_finite"] as? [String: String] else {
            return try decoder.decode(RunReport.self, from: data)
        }
        let restored = marks.restored(tree, paths: paths, at: "")
        return try decoder.decode(RunReport.self, from: JSONSerialization.data(withJSONObject: restored))
    }

    /// The encoder of every JSON file of a published run.
    static func encoder(_ marks: NotFiniteMarks? = nil) -> JSONEncoder {
        let encoder = JSONCoding.encoder(.document)
        if let marks {
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: marks.positiveInfinity, negativeInfinity: marks.negativeInfinity, nan: marks.nan)
        }
        return encoder
    }

    /// Text files end with a line feed.
    static func terminated(_ data: Data) -> Data {
        data + Data("\n".utf8)
    }
}
