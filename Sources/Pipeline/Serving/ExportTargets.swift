import Common

/// The forms that there are.
package enum ExportTargets {
    package static let all: [ExportTarget] = [.peft, .merged, .mergedGGUF, .ggufLoRA, .ollama, .vllm]

    /// - Throws: `PipelineError.rejected` naming those that there are.
    package static func named(_ name: String) throws -> ExportTarget {
        if let target = all.first(where: { $0.name == name }) { return target }
        let closest = Suggestion.closest(to: name, among: all.map(\.name))
        throw PipelineError(
            .rejected, "There is no form '\(name)' to export to.",
            cause: "There are: \(all.map(\.name).joined(separator: ", ")).",
            advice: closest.map { "The closest name is '\($0)'." })
    }

    /// - Throws: `PipelineError.rejected` for an option that the form does not take.
    static func check(_ options: ExportOptions, for target: ExportTarget) throws {
        guard let other = options.given.first(where: { !target.options.contains($0) }) else { return }
        let takers = all.filter { $0.options.contains(other) }.map(\.name)
        throw PipelineError(
            .rejected, "An export to \(target.name) takes no --\(other.rawValue).",
            advice: "Leave it out; it belongs to \(takers.joined(separator: ", ")).")
    }
}
