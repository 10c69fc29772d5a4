import Common

/// JSON in a column of the ledger.
enum LedgerJSON {
    static func encode(_ value: (some Encodable)?) throws -> String? { try value.map { try CompactJSON.encode($0) } }

    static func decode<Value: Decodable>(_ text: String?, of job: String) throws -> Value? {
        guard let text else { return nil }
        do {
            return try CompactJSON.decode(text)
        } catch {
            throw WorkerError(.ledger, "The ledger's row of job \(job) holds damaged JSON.", cause: "\(error)")
        }
    }
}

extension String {
    /// As SQLite keeps it whole: a text of its ends at a NUL.
    ///
    /// By scalars: with an accent on it, a NUL is another character.
    var withoutNUL: String {
        guard utf8.contains(0) else { return self }
        return String(UnicodeScalarView(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
    }
}
