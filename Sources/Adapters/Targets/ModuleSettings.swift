import Common
import Transformers

/// `rank_pattern` and `alpha_pattern`: settings of some modules that differ from the adapter's own.
package struct ModuleSettings<Value: Sendable & Equatable>: Sendable, Equatable {
    private let entries: [(name: String, pattern: ModulePattern?, value: Value)]

    /// No module has its own.
    package static var none: ModuleSettings { ModuleSettings() }

    private init() { entries = [] }

    /// - Parameter members: expressions that match a path, or its end from a dot on, with their values; the first that
    ///   matches counts.
    /// - Throws: as `ModulePattern`.
    package init(_ members: [(key: String, value: Value)]) throws {
        entries = try members.map { name, value in
            // Most are plain paths, hundreds of them where every module has its own rank.
            let isPath = name.unicodeScalars.allSatisfy { ScalarSet.word.contains($0) || $0 == "." }
            return (name, isPath ? nil : try ModulePattern("(.*\\.)?(" + name + ")$"), value)
        }
    }

    package static func == (left: ModuleSettings, right: ModuleSettings) -> Bool {
        left.entries.elementsEqual(right.entries) { $0.name == $1.name && $0.value == $1.value }
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// Expressions and their values, in order.
    var members: [(key: String, value: Value)] { entries.map { ($0.name, $0.value) } }

    /// The same with other values.
    func mapValues(_ change: (Value) -> Value) -> ModuleSettings {
        ModuleSettings(entries.map { ($0.name, $0.pattern, change($0.value)) })
    }

    private init(_ entries: [(name: String, pattern: ModulePattern?, value: Value)]) { self.entries = entries }

    /// As text that stays as it is.
    var text: String { "[" + entries.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + "]" }

    /// The value for a module; nil where it has none of its own.
    package func value(for path: String) -> Value? { entries.first { Self.matches($0, path) }?.value }

    /// Checks that every expression matches a module.
    ///
    /// - Throws: `AdaptersError.unknownTarget` naming those that do not, with the closest names.
    package func check(among slots: [any ModuleSlot]) throws {
        let unmatched = entries.filter { entry in !slots.contains { Self.matches(entry, $0.name) } }.map(\.name)
        guard !unmatched.isEmpty else { return }
        throw TargetSelection.failure(
            unmatched, "No adapted projection is named", among: slots, advice: "Adapted are")
    }

    private static func matches(
        _ entry: (name: String, pattern: ModulePattern?, value: Value), _ path: String
    ) -> Bool {
        entry.pattern?.matches(path) ?? matches(entry.name, path)
    }

    /// What the expression of a plain path matches: a dot in it stands for any character.
    private static func matches(_ name: String, _ path: String) -> Bool {
        let (wanted, found) = (Array(name.unicodeScalars), Array(path.unicodeScalars))
        let start = found.count - wanted.count
        guard start == 0 || start > 0 && found[start - 1] == "." else { return false }
        return zip(wanted, found[start...]).allSatisfy { $0 == "." || $0 == $1 }
    }
}
