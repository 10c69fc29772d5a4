import ModelFiles

/// Renders one template once: its variables, its output, and what it has used up.
///
/// Values may hold one another in circles by way of macros, loops and namespaces; `release` cuts them one by one.
final class JinjaEvaluator {
    var context: [ExactString: JinjaValue] = [:]
    let options: JinjaOptions
    private var output = ""
    /// Outputs that wait while something is rendered into a value, outermost first.
    private var waiting: [String] = []
    private var generated: [Range<Int>]? = []
    private var steps = 0
    private var depth = 0
    /// What the block `set` or filter block at hand wrote.
    var captured: JinjaValue = .none

    private var macros: [JinjaMacro] = []
    private var namespaces: [JinjaNamespace] = []
    private var loops: [JinjaLoop] = []

    init(_ options: JinjaOptions) { self.options = options }

    func render(_ body: [JinjaStatement]) throws -> JinjaRendering {
        _ = try execute(body, JinjaScope(parent: nil))
        return JinjaRendering(text: output, generated: generated)
    }

    func release() {
        for macro in macros { macro.scope = nil }
        for namespace in namespaces { namespace.release() }
        for loop in loops { loop.release() }
    }

    // MARK: Variables

    /// The variable's value, undefined where there is none. Each scope on the way costs a step, and the name's length.
    func lookUp(_ name: String, _ scope: JinjaScope) throws -> JinjaValue {
        let cost = 1 + name.utf8.count / 64
        var current: JinjaScope? = scope
        while let scope = current {
            try charge(cost)
            if let value = scope[name] { return value }
            current = scope.parent
        }
        try charge(cost)
        if let value = context[ExactString(name)] { return value }
        if let function = JinjaGlobals.all[name] { return .function(JinjaFunction(name, call: function)) }
        return .undefined(JinjaUndefined(.name(name)))
    }

    /// What is kept until the rendering's end costs more than the step that made it.
    private func chargeForKeeping() throws { try charge(8) }

    func macro(_ definition: JinjaMacroDefinition, _ scope: JinjaScope) throws -> JinjaMacro {
        try chargeForKeeping()
        let macro = JinjaMacro(definition, scope: scope)
        macros.append(macro)
        return macro
    }

    func namespace() throws -> JinjaNamespace {
        try chargeForKeeping()
        let namespace = JinjaNamespace()
        namespaces.append(namespace)
        return namespace
    }

    func loop(_ elements: JinjaGenerator, count: Int?, outerLoops: Int) throws -> JinjaLoop {
        try chargeForKeeping()
        let loop = JinjaLoop(elements, count: count, outerLoops: outerLoops, self)
        loops.append(loop)
        return loop
    }

    // MARK: Output

    func write(_ text: String) throws {
        try append(text, to: &output)
    }

    /// What `body` writes, instead of writing it.
    func capture(_ body: () throws -> Void) throws -> String {
        waiting.append(output)
        output = ""
        try body()
        let text = output
        output = waiting.removeLast()
        return text
    }

    /// Runs a `{% generation %}` block and notes where its text stands.
    func generate(_ body: [JinjaStatement], _ scope: JinjaScope) throws {
        let start = output.utf8.count
        let isInPlace = waiting.isEmpty
        // As jinja2, which calls the block like a macro: one inside of another is not in place.
        let text = try capture { _ = try execute(body, JinjaScope(parent: scope)) }
        try write(text)
        if isInPlace { generated?.append(start..<output.utf8.count) } else { generated = nil }
    }

    // MARK: Limits

    func charge(_ count: Int) throws {
        let (sum, overflow) = steps.addingReportingOverflow(count)
        guard !overflow, sum <= options.limits.steps else {
            throw JinjaError.limit("the template takes more than \(options.limits.steps) steps for this conversation")
        }
        steps = sum
    }

    /// For bytes that are gone through or made.
    func charge(bytes count: Int) throws {
        try checkSize(count)
        try charge(1 + count / 64)
    }

    /// For a text that is gone through.
    func charge(_ text: String) throws { try charge(bytes: text.utf8.count) }

    /// Adds to a text on the way, which is never made longer than it may be.
    func append(_ part: String, to text: inout String) throws {
        let count = part.utf8.count
        try charge(1 + count / 64)
        try checkSize(text.utf8.count + count)
        text += part
    }

    func checkSize(_ count: Int) throws {
        guard count <= options.limits.outputBytes else {
            throw JinjaError.limit("a text grows beyond \(options.limits.outputBytes) bytes")
        }
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

    /// Runs `body` one level deeper. Whatever calls the interpreter from inside of itself goes through here: the stack
    /// ends where no error can be thrown.
    func deeper<Result>(_ body: () throws -> Result) throws -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= options.limits.depth else {
            throw JinjaError.limit("the template calls itself more than \(options.limits.depth) levels deep")
        }
        return try body()
    }

    /// Gives errors of `body` a place.
    func placed<Result>(at position: JinjaPosition, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as JinjaError { throw error.placed(at: position) }
    }

    /// Runs `body` one level deeper for a step, and gives its errors a place.
    func nested<Result>(at position: JinjaPosition, _ body: () throws -> Result) throws -> Result {
        try placed(at: position) {
            try charge(1)
            return try deeper(body)
        }
    }
}
