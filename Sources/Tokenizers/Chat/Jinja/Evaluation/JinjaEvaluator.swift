import ModelFiles

/// Renders one template once: its variables, its output, and what it may use up.
///
/// Values may hold one another in circles by way of macros, loops and namespaces; `release` cuts them one by one.
final class JinjaEvaluator {
    var context: [ExactString: JinjaValue] = [:]
    let options: JinjaOptions
    let budget: JinjaBudget
    private var output = ""
    /// Outputs that wait while something is rendered into a value, outermost first.
    private var waiting: [String] = []
    private var generated: [Range<Int>]? = []
    /// What the block `set` or filter block at hand wrote.
    var captured: JinjaValue = .none

    private var macros: [JinjaMacro] = []
    private var namespaces: [JinjaNamespace] = []
    private var loops: [JinjaLoop] = []

    init(_ options: JinjaOptions) {
        self.options = options
        budget = JinjaBudget(options.limits)
    }

    func render(_ body: [JinjaStatement]) throws -> JinjaRendering {
        _ = try execute(body, JinjaScope(parent: nil))
        return JinjaRendering(text: output, generated: generated)
    }

    func release() {
        for macro in macros { macro.release() }
        for namespace in namespaces { namespace.release() }
        for loop in loops { loop.release() }
    }

    // MARK: Variables

    /// The variable's value, undefined where there is none. Each scope on the way costs a step, and the name's length.
    func lookUp(_ name: String, _ scope: JinjaScope) throws -> JinjaValue {
        let cost = 1 + name.utf8.count / 64
        var current: JinjaScope? = scope
        while let scope = current {
            try budget.charge(cost)
            if let value = scope[name] { return value }
            current = scope.parent
        }
        try budget.charge(cost)
        if let value = context[ExactString(name)] { return value }
        if let function = JinjaGlobals.all[name] {
            return .function(JinjaFunction(name) { [unowned self] _, call in try function(self, call) })
        }
        return .undefined(JinjaUndefined(.name(name)))
    }

    func macro(_ definition: JinjaMacroDefinition, _ scope: JinjaScope) throws -> JinjaMacro {
        try budget.chargeForKeeping()
        let macro = JinjaMacro(definition.name) { [unowned self] in try self.call(definition, scope, $0) }
        macros.append(macro)
        return macro
    }

    func namespace() throws -> JinjaNamespace {
        try budget.chargeForKeeping()
        let namespace = JinjaNamespace()
        namespaces.append(namespace)
        return namespace
    }

    func loop(_ elements: JinjaGenerator, count: Int?, outerLoops: Int) throws -> JinjaLoop {
        try budget.chargeForKeeping()
        let loop = JinjaLoop(elements, count: count, outerLoops: outerLoops, budget)
        loops.append(loop)
        return loop
    }

    // MARK: Output

    func write(_ text: String) throws {
        try budget.append(text, to: &output)
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

    // MARK: Places

    /// Gives errors of `body` a place.
    func placed<Result>(at position: JinjaPosition, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as JinjaError { throw error.placed(at: position) }
    }

    /// Runs `body` one level deeper for a step, and gives its errors a place.
    func nested<Result>(at position: JinjaPosition, _ body: () throws -> Result) throws -> Result {
        try placed(at: position) {
            try budget.charge(1)
            return try budget.deeper(body)
        }
    }
}
