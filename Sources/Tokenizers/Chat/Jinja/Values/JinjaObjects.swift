import ModelFiles

/// Something that can be gone through once. What it yields is made when it is asked for.
final class JinjaGenerator {
    let depth: Int
    let typeName: String
    private let budget: JinjaBudget
    private var step: (() throws -> JinjaValue?)?

    /// - Parameter step: the next element. It may ask another generator for one, and that one another.
    init(
        depth: Int, typeName: String = "generator", _ budget: JinjaBudget,
        _ step: @escaping () throws -> JinjaValue?
    ) {
        self.depth = depth
        self.typeName = typeName
        self.budget = budget
        self.step = step
    }

    /// Goes through elements that are there.
    convenience init(
        _ elements: [JinjaValue], depth: Int, typeName: String = "generator", _ budget: JinjaBudget
    ) {
        self.init(count: elements.count, depth: depth, typeName: typeName, budget) { elements[$0] }
    }

    /// Goes through elements that are made by their place.
    convenience init(
        count: Int, depth: Int, typeName: String = "generator", _ budget: JinjaBudget,
        _ element: @escaping (Int) -> JinjaValue
    ) {
        var index = 0
        self.init(depth: depth, typeName: typeName, budget) {
            guard index < count else { return nil }
            defer { index += 1 }
            return element(index)
        }
    }

    /// The next element; nil at the end, and ever after.
    func next() throws -> JinjaValue? {
        guard let step else { return nil }
        do {
            if let value = try budget.deeper(step) { return value }
        } catch {
            // Python's generators are over once they raised.
            self.step = nil
            throw error
        }
        self.step = nil
        return nil
    }

    /// Lets go of what it would go through.
    func close() { step = nil }
}

/// `namespace()`: the one thing whose attributes a template can set.
final class JinjaNamespace {
    private(set) var names: [String] = []
    private var attributes: [ExactString: JinjaValue] = [:]

    subscript(name: String) -> JinjaValue? { attributes[ExactString(name)] }

    /// Lets go of everything, since values may hold a namespace and a namespace its values.
    func release() { (names, attributes) = ([], [:]) }

    /// - Throws: `security` for a name that begins with an underscore, as transformers does.
    func set(_ name: String, to value: JinjaValue) throws {
        guard name.unicodeScalars.first != "_" else {
            throw JinjaError(
                .security,
                "Chat templates cannot store underscore-prefixed attributes on a namespace, but got "
                    + "\(PythonText.quoted(name)). Please rename the attribute.")
        }
        if attributes.updateValue(value, forKey: ExactString(name)) == nil { names.append(name) }
    }
}

/// A macro, or what a call block hands over as `caller`. Its body renders what it is called with; values need not know
/// how.
final class JinjaMacro {
    /// Nil for a call block's.
    let name: String?
    private var body: ((JinjaCall) throws -> String)?

    init(_ name: String?, _ body: @escaping (JinjaCall) throws -> String) {
        self.name = name
        self.body = body
    }

    func call(_ call: JinjaCall) throws -> String {
        guard let body else { throw JinjaError.runtime("a macro is called after its template ended") }
        return try body(call)
    }

    /// Lets go of the variables that the body sees, since they may hold the macro.
    func release() { body = nil }
}

/// A function of the environment, or a method with the value it is of.
final class JinjaFunction {
    let name: String
    let depth: Int
    let call: (JinjaBudget, JinjaCall) throws -> JinjaValue

    init(
        _ name: String, depth: Int = 0,
        call: @escaping (JinjaBudget, JinjaCall) throws -> JinjaValue
    ) {
        self.name = name
        self.depth = depth
        self.call = call
    }
}
