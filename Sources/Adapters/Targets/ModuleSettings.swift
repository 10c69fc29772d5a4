/// `rank_pattern` and `alpha_pattern`: settings of some modules that differ from the adapter's own.
struct ModuleSettings<Value: Sendable>: Sendable {
    private let entries: [(name: String, pattern: ModulePattern?, value: Value)]

    /// No module has its own.
    static var none: ModuleSettings { ModuleSettings() }

    private init() { entries = [] }

    /// - Parameter members: expressions that match a path, or its end from a dot on, with their values; the first that
    ///   matches counts.
    /// - Throws: as `ModulePattern`.
    init(_ members: [(key: String, value: Value)]) throws {
        entries = try members.map { name, value in
            // Most are plain paths, hundreds of them where every module has its own rank.
            let isPath = name.unicodeScalars.allSatisfy { ScalarSet.word.contains($0) || $0 == "." }
            return (name, isPath ? nil : try ModulePattern("(.*\\.)?(" + name + ")$"), value)
        }
    }

    /// The value for a module; nil where it has none of its own.
    func value(for path: String) -> Value? {
        entries.first { $0.pattern?.matches(path) ?? Self.matches($0.name, path) }?.value
    }

    /// What the expression of a plain path matches: a dot in it stands for any character.
    private static func matches(_ name: String, _ path: String) -> Bool {
        let (wanted, found) = (Array(name.unicodeScalars), Array(path.unicodeScalars))
        let start = found.count - wanted.count
        guard start == 0 || start > 0 && found[start - 1] == "." else { return false }
        return zip(wanted, found[start...]).allSatisfy { $0 == "." || $0 == $1 }
    }
}
