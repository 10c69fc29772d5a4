import Datasets
import Manifests
import ModelFiles

/// How the keys of a file's rows are read.
struct RowReading {
    /// As they stand in the file.
    static var plain: RowReading { RowReading(columns: nil, isBeside: false, expected: nil) { _ in } }

    /// nil where rows of no format are expected, such as prompts.
    private let columns: [RowKey: String]?
    private let isBeside: Bool
    private let expected: [String]?
    private let log: (String) -> Void

    /// - Parameter log: hears what was decided without the manifest.
    init(_ dataset: DatasetSection, log: @escaping (String) -> Void) {
        let names = dataset.columns?.names ?? [:]
        self.init(
            columns: Dictionary(
                uniqueKeysWithValues: names.compactMap { column, name in
                    RowKey(rawValue: column.rawValue).map { ($0, name) }
                }),
            isBeside: false, expected: Self.expected(dataset), log: log)
    }

    private init(
        columns: [RowKey: String]?, isBeside: Bool, expected: [String]?, log: @escaping (String) -> Void
    ) {
        (self.columns, self.isBeside, self.expected, self.log) = (columns, isBeside, expected, log)
    }

    /// The same of a file that is read beside the training rows.
    var beside: RowReading { RowReading(columns: columns, isBeside: true, expected: expected, log: log) }

    /// - Throws: as `DataFile.read`, and `RowFile.laidOut`.
    func read(_ path: String, rule: ReadingRule) throws -> RowFile {
        let file = try DataFile.read(path, rule: rule)
        guard let columns else { return file }
        let (read, notes) = try file.laidOut(columns: columns, isBeside: isBeside, expecting: expected)
        notes.forEach(log)
        return read
    }

    /// The keys of the format that the manifest asks for; nil where the rows tell it.
    private static func expected(_ dataset: DatasetSection) -> [String]? {
        if let format = dataset.format {
            return RowFormat(rawValue: format.rawValue)?.keys ?? RowFormat.labelledKeys
        }
        return dataset.task == nil && dataset.labels == nil ? nil : RowFormat.labelledKeys
    }
}
