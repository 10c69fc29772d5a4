import Common

/// Evaluation rows that were not scored, for people.
enum LeftOutRows {
    /// How many, and of which slices; nil where every row was scored.
    static func sentence(_ report: RunReport) -> String? {
        guard let counts = report.evaluation, counts.dropped > 0 else { return nil }
        let all = counts.rows + counts.dropped
        var parts = report.slices.filter { $0.name != "all" }.compactMap { slice in
            slice.dropped.map { "\(FigureFormat.count($0)) of \(slice.name)" }
        }
        parts += (counts.unscored ?? [:]).sorted { $0.key < $1.key }.map { "all \(FigureFormat.count($1)) of \($0)" }
        let slices = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
        return "\(FigureFormat.count(counts.dropped)) of \(FigureFormat.count(all)) evaluation rows are longer than "
            + "the base's positions and were not scored\(slices)."
    }
}
