import ModelFiles

/// The keys of a row as messages list them.
enum DataKeys {
    static func listed(_ keys: [String]) -> String {
        let shown = 20
        let names = keys.prefix(shown).map { "`\(quoted($0).dropFirst().dropLast())`" }
        let rest = keys.count > shown ? ["and \(keys.count - shown) more"] : []
        return keys.isEmpty ? "none" : (names + rest).joined(separator: ", ")
    }
}
