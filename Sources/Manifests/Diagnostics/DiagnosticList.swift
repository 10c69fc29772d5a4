/// The mistakes found so far. Reading goes on after a mistake, so that the user sees all of them at once.
struct DiagnosticList {
    /// How many mistakes are reported; a text with more than this is not a manifest.
    static let limit = 100

    private(set) var items: [Diagnostic] = []
    private var dropped = 0

    var isEmpty: Bool { items.isEmpty }

    mutating func add(_ position: SourcePosition, _ message: String) { add([Diagnostic(position, message)]) }

    mutating func add(_ diagnostics: [Diagnostic]) {
        let kept = diagnostics.prefix(max(0, Self.limit - items.count))
        items += kept
        dropped += diagnostics.count - kept.count
    }

    /// Every mistake by place, each once; a last entry counts those over the limit.
    var sorted: [Diagnostic] {
        var result: [Diagnostic] = []
        for item in items.sorted() where item != result.last {
            result.append(item)
        }
        if dropped > 0, let last = result.last {
            let message = "\(dropped) more mistakes are not shown"
            result.append(Diagnostic(file: last.file, line: last.line, column: last.column, message: message))
        }
        return result
    }
}
