import Common
import Foundation

/// `import.json`, version 1: what lorad knows of an adapter that it did not train, in the place of a run's report. Keys may
/// be added, never renamed.
package struct ImportRecord: Codable, Sendable, Equatable {
    package static let fileName = "import.json"
    /// Bytes; it holds paths and digests.
    private static let largestSize = 1 << 20

    package struct Base: Codable, Sendable, Equatable {
        /// As whoever imported it named it.
        package let path: String
        package let sha256: String
        package let tokenizerSHA256: String
        /// Of its embedding.
        package let vocabularySize: Int?

        package init(path: String, sha256: String, tokenizerSHA256: String, vocabularySize: Int? = nil) {
            self.path = path
            self.sha256 = sha256
            self.tokenizerSHA256 = tokenizerSHA256
            self.vocabularySize = vocabularySize
        }

        private enum CodingKeys: String, CodingKey {
            case path, sha256
            case tokenizerSHA256 = "tokenizer_sha256"
            case vocabularySize = "vocabulary_size"
        }
    }

    package let formatVersion: Int
    package let name: String
    /// The folder that it was copied from.
    package let source: String
    package let importedAt: Date
    package let importedBy: String
    /// The method as lorad names it.
    package let method: String
    /// The base that it was said to be for.
    package let base: Base
    /// Whether its own file names that base too; PEFT's own files name none by its content.
    package let adapterRecordsBase: Bool

    private enum CodingKeys: String, CodingKey {
        case name, source, method, base
        case formatVersion = "format_version"
        case importedAt = "imported_at"
        case importedBy = "imported_by"
        case adapterRecordsBase = "adapter_records_base"
    }

    /// - Parameters: as the properties.
    package init(
        name: String, source: String, importedAt: Date, importedBy: String, method: String, base: Base,
        adapterRecordsBase: Bool
    ) {
        formatVersion = 1
        self.name = name
        self.source = source
        self.importedAt = importedAt
        self.importedBy = importedBy
        self.method = method
        self.base = base
        self.adapterRecordsBase = adapterRecordsBase
    }

    /// That of a run's folder; nil where there is none that can be read.
    package static func read(_ folder: String) -> ImportRecord? {
        guard let data = BoundedFile.read("\(folder)/\(fileName)", limit: largestSize),
            let record = try? JSONCoding.decoder().decode(ImportRecord.self, from: data), record.formatVersion == 1
        else { return nil }
        return record
    }

    /// The file's bytes.
    package func encoded() throws -> Data { try JSONCoding.encoder(.document).encode(self) + Data("\n".utf8) }
}
