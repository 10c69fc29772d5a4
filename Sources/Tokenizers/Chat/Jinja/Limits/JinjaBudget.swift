/// What one rendering has used up of its limits. Whatever goes through or makes something charges it here, and whatever
/// calls itself goes down here; it knows no values, so that everything above it can be handed it alone.
final class JinjaBudget {
    private let limits: JinjaLimits
    private var steps = 0
    private var depth = 0

    init(_ limits: JinjaLimits) { self.limits = limits }

    // MARK: Steps

    func charge(_ count: Int) throws {
        let (sum, overflow) = steps.addingReportingOverflow(count)
        guard !overflow, sum <= limits.steps else {
            throw JinjaError.limit("the template takes more than \(limits.steps) steps for this conversation")
        }
        steps = sum
    }

    /// What is kept until the rendering's end costs more than the step that made it.
    func chargeForKeeping() throws { try charge(8) }

    /// For bytes that are gone through or made.
    func charge(bytes count: Int) throws {
        try checkSize(count)
        try charge(1 + count / 64)
    }

    /// For a text that is gone through.
    func charge(_ text: String) throws { try charge(bytes: text.utf8.count) }

    // MARK: Texts

    func checkSize(_ count: Int) throws {
        guard count <= limits.outputBytes else {
            throw JinjaError.limit("a text grows beyond \(limits.outputBytes) bytes")
        }
    }

    /// Adds to a text on the way, which is never made longer than it may be.
    func append(_ part: String, to text: inout String) throws {
        let count = part.utf8.count
        try charge(1 + count / 64)
        try checkSize(text.utf8.count + count)
        text += part
    }

    /// A text that a method made of another.
    func checked(_ text: String) throws -> String {
        try charge(text)
        return text
    }

    func joined(_ left: String, _ right: String) throws -> String {
        try charge(bytes: left.utf8.count + right.utf8.count)
        return left + right
    }

    func repeated(_ text: String, _ count: Int) throws -> String {
        let (bytes, overflow) = text.utf8.count.multipliedReportingOverflow(by: max(0, count))
        try charge(bytes: overflow ? .max : bytes)
        return String(repeating: text, count: bytes == 0 ? 0 : count)
    }

    // MARK: Depth

    /// Runs `body` one level deeper. Whatever calls the interpreter from inside of itself goes through here: the stack
    /// ends where no error can be thrown.
    func deeper<Result>(_ body: () throws -> Result) throws -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depth else {
            throw JinjaError.limit("the template calls itself more than \(limits.depth) levels deep")
        }
        return try body()
    }
}
