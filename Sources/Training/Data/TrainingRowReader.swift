import ModelFiles
import Tokenizers

/// Reads training rows from a JSON Lines file; the format is that of the first row unless given.
package enum TrainingRowReader {
    /// - Throws: `TokenizersError` where the file cannot be read; `TrainingError.malformed` listing the rows (the first
    ///   20) that lack a key or hold something else than text, as `file:line: message`.
    package static func read(_ path: String, format: RowFormat?) throws -> [TrainingRow] {
        let lines = try JSONLines.read(path)
        guard let first = lines.first else {
            throw TrainingError(.malformed, "\(path) holds no rows.", advice: "One JSON object a line is expected.")
        }
        let format = try format ?? infer(first, path)
        var rows: [TrainingRow] = []
        var complaints: [String] = []
        for line in lines {
            do { rows.append(try row(line, format)) } catch let complaint as Complaint {
                complaints.append("\(path):\(line.number): \(complaint.text)")
            }
        }
        guard complaints.isEmpty else {
            let more = complaints.count > 20 ? ["and \(complaints.count - 20) rows more"] : []
            throw TrainingError(.malformed, (complaints.prefix(20) + more).joined(separator: "\n"))
        }
        return rows
    }

    private struct Complaint: Error {
        let text: String
    }

    private static func infer(_ line: JSONLine, _ path: String) throws -> RowFormat {
        if let format = RowFormat.allCases.first(where: { $0.keys.allSatisfy { line.value[$0] != nil } }) {
            return format
        }
        let known = RowFormat.allCases.map { "\($0.rawValue) (\($0.keys.joined(separator: ", ")))" }.joined(
            separator: "; ")
        throw TrainingError(
            .malformed, "\(path):\(line.number): the row's keys are those of no format.", advice: "Formats: \(known).")
    }

    private static func row(_ line: JSONLine, _ format: RowFormat) throws -> TrainingRow {
        switch format {
        case .promptCompletion:
            let completion = try text(line, "completion")
            guard !completion.isEmpty else { throw Complaint(text: "the completion is empty.") }
            return .completion(prompt: try text(line, "prompt"), completion: completion)
        case .text: return .text(try text(line, "text"))
        case .messages: return .messages(try messages(line))
        }
    }

    private static func text(_ line: JSONLine, _ key: String) throws -> String {
        if let text = line.value[key]?.stringValue { return text }
        if let value = line.value[key] { throw Complaint(text: "'\(key)' is \(value.kind), a string was expected.") }
        let closest = Suggestion.closest(to: key, among: line.value.objectValue?.keys ?? [])
        throw Complaint(text: "'\(key)' is missing" + (closest.map { "; '\($0)' was found." } ?? "."))
    }

    private static func messages(_ line: JSONLine) throws -> [ChatMessage] {
        do { return try ChatMessage.conversation(line.value["messages"] ?? .null) } catch {
            throw Complaint(text: error.message + (error.advice.map { " \($0)" } ?? ""))
        }
    }
}
