import Datasets
import Manifests
import ModelFiles

/// How the keys of a file's rows are read.
struct RowReading {
    /// As they stand in the file.
    static var plain: RowReading { RowReading(columns: nil, isBeside: false, expected: nil, tools: nil) { _ in } }

    /// The same for prompts: as they stand in the file, but for the tools that all conversations may call.
    static func prompts(_ tools: ToolsFile?) -> RowReading {
        RowReading(columns: nil, isBeside: false, expected: nil, tools: tools) { _ in }
    }

    /// nil where rows of no format are expected, such as prompts.
    private let columns: [RowKey: String]?
    private let isBeside: Bool
    /// The keys that the manifest asks for; nil where the rows tell.
    let expected: [String]?
    private let tools: ToolsFile?
    private let log: (String) -> Void

    /// - Parameters:
    ///   - tools: that conversations may call whose rows name none.
    ///   - log: hears what was decided without the manifest.
    init(_ dataset: DatasetSection, tools: ToolsFile?, log: @escaping (String) -> Void) {
        let names = dataset.columns?.names ?? [:]
        self.init(
            columns: Dictionary(
                uniqueKeysWithValues: names.compactMap { column, name in
                    RowKey(rawValue: column.rawValue).map { ($0, name) }
                }),
            isBeside: false, expected: Self.expected(dataset), tools: tools, log: log)
    }

    private init(
        columns: [RowKey: String]?, isBeside: Bool, expected: [String]?, tools: ToolsFile?,
        log: @escaping (String) -> Void
    ) {
        (self.columns, self.isBeside, self.expected) = (columns, isBeside, expected)
        (self.tools, self.log) = (tools, log)
    }

    /// The same of a file that is read beside the training rows.
    var beside: RowReading {
        RowReading(columns: columns, isBeside: true, expected: expected, tools: tools, log: log)
    }

    /// - Throws: as `DataFile.read`, and `RowFile.laidOut`.
    func read(_ path: String, rule: ReadingRule) throws -> RowFile {
        let stored = try DataFile.read(path, rule: rule)
        let file = tools.map { stored.with(tools: $0.tools) } ?? stored
        guard let columns else { return file }
        let (read, notes) = try file.laidOut(columns: columns, isBeside: isBeside, expecting: expected)
        notes.forEach(log)
        return read
    }

    /// The rows of a file to train on, one after the other.
    ///
    /// - Throws: as `LaidOutRows.init`.
    func open(_ path: String, rule: ReadingRule) throws -> LaidOutRows {
        try LaidOutRows(path, rule: rule, columns: columns ?? [:], expecting: expected, tools: tools?.tools)
    }

    /// The log hears what was decided without the manifest.
    func tell(_ notes: [String]) { notes.forEach(log) }

    /// The file's keys by the names of lorad's.
    var columnNames: [String: String] {
        Dictionary(uniqueKeysWithValues: (columns ?? [:]).map { ($0.rawValue, $1) })
    }

    /// The keys of the format that the manifest asks for; nil where the rows tell it.
    private static func expected(_ dataset: DatasetSection) -> [String]? {
        if let format = dataset.format {
            return RowFormat(rawValue: format.rawValue)?.keys ?? RowFormat.labelledKeys
        }
        return dataset.task == nil && dataset.labels == nil ? nil : RowFormat.labelledKeys
    }
}
