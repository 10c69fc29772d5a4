import ModelFiles

/// Renders one template once: its variables, its output, and what it has used up.
///
/// Values may hold one another in circles by way of macros, loops and namespaces; `release` cuts them one by one.
final class JinjaEvaluator {
    var context: [String: JinjaValue] = [:]
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
        for namespace in namespaces { namespace.attributes = [:] }
        for loop in loops { loop.release() }
    }

    // MARK: Variables

    /// The variable's value, undefined where there is none.
    func lookUp(_ name: String, _ scope: JinjaScope) -> JinjaValue {
        scope.value(name) ?? context[name] ?? JinjaGlobals.all[name].map { .function(JinjaFunction(name, call: $0)) }
            ?? .undefined(JinjaUndefined(message: "\(PythonText.quoted(name)) is undefined"))
    }

    func macro(_ definition: JinjaMacroDefinition, _ scope: JinjaScope) -> JinjaMacro {
        let macro = JinjaMacro(definition, scope: scope)
        macros.append(macro)
        return macro
    }

    func namespace() -> JinjaNamespace {
        let namespace = JinjaNamespace()
        namespaces.append(namespace)
        return namespace
    }

    func loop(_ elements: JinjaGenerator, count: Int?, outerLoops: Int) -> JinjaLoop {
        let loop = JinjaLoop(elements, count: count, outerLoops: outerLoops)
        loops.append(loop)
        return loop
    }

    // MARK: Output

    func write(_ text: String) throws {
        output += text
        try charge(bytes: text.utf8.count)
        try checkSize(output.utf8.count)
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

    func checkSize(_ count: Int) throws {
        guard count <= options.limits.outputBytes else {
            throw JinjaError.limit("a text grows beyond \(options.limits.outputBytes) bytes")
        }
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

    /// Runs `body` one level deeper, and gives its errors a place.
    func nested<Result>(at position: JinjaPosition, _ body: () throws -> Result) throws -> Result {
        depth += 1
        defer { depth -= 1 }
        do {
            try charge(1)
            guard depth <= options.limits.depth else {
                throw JinjaError.limit("the template calls itself more than \(options.limits.depth) levels deep")
            }
            return try body()
        } catch let error as JinjaError { throw error.placed(at: position) }
    }
}
