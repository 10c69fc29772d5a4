import Datasets
import Evaluation
import ModelFiles
import Training

/// Data files of JSON lines: training rows, evaluation rows and regression prompts.
package struct RowsTarget: FuzzTarget {
    package static let name = "rows"

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        try checkRow(bytes)
        let path = try scratch.write(bytes, as: "rows.jsonl")
        guard let lines = try accepted({ try JSONLines.read(path) }) else { return }
        try require(lines.count <= bytes.count, "\(lines.count) rows in \(bytes.count) bytes")
        if let rows = try accepted({ try TrainingRowReader.read(path, format: nil).rows }) {
            try require(rows.count == lines.count, "\(rows.count) training rows of \(lines.count) lines")
        }
        if let rows = try accepted({ try EvaluationRows.read(path, sliceBy: "domain") }) {
            try require(rows.count == lines.count, "\(rows.count) evaluation rows of \(lines.count) lines")
        }
        if let rows = try accepted({ try LabelledRows.read(path, sliceBy: "domain") }) {
            try require(rows.count == lines.count, "\(rows.count) labelled rows of \(lines.count) lines")
            try checkLabels(rows, path)
        }
        if let prompts = try accepted({ try RegressionPrompts.read(path) }) {
            try require(prompts.count == lines.count, "\(prompts.count) prompts of \(lines.count) lines")
        }
    }

    /// Whatever is an object to the strict reader is the same row to the one that forgives, without a fault.
    private func checkRow(_ bytes: [UInt8]) throws {
        let strict = try accepted { try bytes.withUnsafeBytes { try JSONReader.parse($0, name: "row") } }
        guard let object = strict?.objectValue else { return }
        let row = try bytes.withUnsafeBytes { try JSONReader.parseRow($0) }
        try require(row.keys == object.keys, "\(row.keys.count) members of \(object.count)")
        try require(row.lastFault == nil, "a fault in a row without one")
    }

    /// The classes of rows are those that the rows name, or those of a list.
    private func checkLabels(_ rows: [LabelledRow], _ path: String) throws {
        for names in [nil, ["0", "positive", "negative"]] {
            for isRegression in [nil, true, false] {
                let labels = try accepted {
                    try SequenceLabels.of(rows.map(LabelledLine.init), path, names: names, isRegression: isRegression)
                }
                guard let labels, let targets = try accepted({ try labels.targets(rows.map(LabelledLine.init), path) })
                else { continue }
                try require(targets.count == rows.count, "\(targets.count) labels of \(rows.count) rows")
                for case .label(let index) in targets {
                    try require((0..<labels.count).contains(index), "class \(index) of \(labels.count)")
                }
            }
        }
    }
}
