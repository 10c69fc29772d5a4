import ForeignText
import Manifests
import Reports

/// Holds a run against the one before it of the same name.
struct RunChanges {
    let previous: PreviousRun
    /// The run that is about to be published, as far as it is known.
    let report: RunReport
    let scores: RowScores?
    let manifest: JobManifest

    /// Flipped rows that a report holds, of each kind.
    private static let mostRows = 25
    /// Settings that a report holds.
    private static let mostSettings = 200
    /// Characters of a setting's value.
    private static let longestValue = 200

    /// - Parameter texts: of rows of the evaluation data, by their lines.
    func changes(texts: ([Int]) -> [Int: String]) -> ChangesReport {
        let pairs = pairs()
        return ChangesReport(
            run: previous.report.provenance.run, finishedAt: previous.report.provenance.finishedAt,
            metrics: metrics(pairs), flips: flips(pairs, texts), settings: settings())
    }

    /// Rows that both runs scored: those that say the same, each once.
    private func pairs() -> [(before: RowScores.Row, after: RowScores.Row)] {
        guard let before = previous.scores, let after = scores else { return [] }
        var open = Dictionary(grouping: before.rows.reversed(), by: \.sha256)
        return after.rows.compactMap { row in open[row.sha256]?.popLast().map { ($0, row) } }
    }

    // MARK: figures

    private func metrics(_ pairs: [(before: RowScores.Row, after: RowScores.Row)]) -> [MetricChange] {
        var wanted = report.gates.map { (slice: $0.slice, metric: $0.metric) }
        wanted += SliceScore.metrics.map { (slice: "all", metric: $0) }
        var seen: Set<String> = []
        return wanted.compactMap { slice, metric in
            guard seen.insert("\(metric) \(slice)").inserted,
                let before = previous.report.score(slice)?.value(metric), let after = report.score(slice)?.value(metric)
            else { return nil }
            return MetricChange(
                slice: slice, metric: metric, before: before, after: after,
                comparison: comparison(metric, slice, pairs))
        }
    }

    /// Of the metrics that are means over rows.
    private func comparison(
        _ metric: String, _ slice: String, _ pairs: [(before: RowScores.Row, after: RowScores.Row)]
    ) -> ComparisonReport? {
        let name = ForeignText.line(slice)
        let answers = pairs.filter { slice == "all" || $0.after.slice == name }.map { pair in
            (before: pair.before.adapter, after: pair.after.adapter, tokens: pair.after.tokens)
        }
        switch metric {
        case "accuracy": return RowComparison.report(answers)
        case "loss": return RowComparison.bootstrap(answers)
        default: return nil
        }
    }

    // MARK: rows

    private func flips(
        _ pairs: [(before: RowScores.Row, after: RowScores.Row)], _ texts: ([Int]) -> [Int: String]
    ) -> FlippedRows? {
        let judged = pairs.compactMap { pair in
            pair.before.adapter.correct.flatMap { before in
                pair.after.adapter.correct.map { (row: pair.after, before: before, after: $0) }
            }
        }
        guard !judged.isEmpty else { return nil }
        let wrong = judged.filter { $0.before && !$0.after }.map(\.row)
        let right = judged.filter { !$0.before && $0.after }.map(\.row)
        let shown = wrong.prefix(Self.mostRows).map { ($0, false) } + right.prefix(Self.mostRows).map { ($0, true) }
        let texts = texts(shown.map(\.0.line))
        return FlippedRows(
            compared: judged.count, nowRight: right.count, nowWrong: wrong.count,
            rows: shown.map { row, isRight in
                FlippedRow(line: row.line, slice: row.slice, isRight: isRight, text: texts[row.line] ?? "")
            })
    }

    // MARK: settings

    private func settings() -> [SettingChange] {
        var changes = data()
        if let before = previous.manifest {
            let old = Dictionary(before.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
            let new = Dictionary(manifest.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
            for key in Set(old.keys).union(new.keys).sorted() where old[key] != new[key] && !Self.ignored.contains(key)
            {
                changes.append(SettingChange(key: key, before: old[key], after: new[key]))
            }
        }
        let (old, new) = (previous.report.provenance.versions["lorad"], report.provenance.versions["lorad"])
        if old != new { changes.append(SettingChange(key: "lorad", before: old, after: new)) }
        return changes.prefix(Self.mostSettings).map { change in
            SettingChange(
                key: change.key, before: change.before.map { ForeignText.shortened($0, to: Self.longestValue) },
                after: change.after.map { ForeignText.shortened($0, to: Self.longestValue) })
        }
    }

    /// Keys that change nothing of an adapter.
    private static let ignored: Set<String> = ["name", "notify", "priority", "promote", "stamp"]

    /// Files of rows by their content.
    private func data() -> [SettingChange] {
        let roles: [DatasetProvenance.Role] = [.train, .validation, .evaluation, .regression]
        return roles.compactMap { role in
            let before = previous.report.provenance.datasets.filter { $0.role == role }
            let after = report.provenance.datasets.filter { $0.role == role }
            guard before.map(\.sha256) != after.map(\.sha256) else { return nil }
            func words(_ files: [DatasetProvenance]) -> String? {
                let hashes = files.map { String($0.sha256.prefix(8)) }.joined(separator: ", ")
                let several = files.count > 1 ? " of \(files.count) files" : ""
                return files.isEmpty ? nil : "\(files.reduce(0) { $0 + $1.rows }) rows\(several), SHA-256 \(hashes)"
            }
            return SettingChange(key: "\(role.rawValue) data", before: words(before), after: words(after))
        }
    }
}
