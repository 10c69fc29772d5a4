/// Something that can be gone through once. What it yields is made when it is asked for.
final class JinjaGenerator {
    let depth: Int
    let typeName: String
    private var step: (() throws -> JinjaValue?)?

    init(depth: Int, typeName: String = "generator", _ step: @escaping () throws -> JinjaValue?) {
        self.depth = depth
        self.typeName = typeName
        self.step = step
    }

    /// Goes through elements that are there.
    convenience init(_ elements: [JinjaValue], depth: Int, typeName: String = "generator") {
        var index = 0
        self.init(depth: depth, typeName: typeName) {
            guard index < elements.count else { return nil }
            defer { index += 1 }
            return elements[index]
        }
    }

    /// The next element; nil at the end, and ever after.
    func next() throws -> JinjaValue? {
        guard let step else { return nil }
        do {
            if let value = try step() { return value }
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
    var names: [String] = []
    var attributes: [String: JinjaValue] = [:]

    /// - Throws: `security` for a name that begins with an underscore, as transformers does.
    func set(_ name: String, to value: JinjaValue) throws {
        guard !name.hasPrefix("_") else {
            throw JinjaError(
                .security,
                "Chat templates cannot store underscore-prefixed attributes on a namespace, but got "
                    + "\(PythonText.quoted(name)). Please rename the attribute.")
        }
        if attributes.updateValue(value, forKey: name) == nil { names.append(name) }
    }
}

/// A macro, or what a call block hands over as `caller`, with the variables it sees.
final class JinjaMacro {
    let definition: JinjaMacroDefinition
    /// Nil once the rendering is over.
    var scope: JinjaScope?

    init(_ definition: JinjaMacroDefinition, scope: JinjaScope) {
        self.definition = definition
        self.scope = scope
    }
}

/// A function of the environment, or a method with the value it is of.
final class JinjaFunction {
    let name: String
    let depth: Int
    let call: (JinjaEvaluator, JinjaCall) throws -> JinjaValue

    init(
        _ name: String, depth: Int = 0,
        call: @escaping (JinjaEvaluator, JinjaCall) throws -> JinjaValue
    ) {
        self.name = name
        self.depth = depth
        self.call = call
    }
}

/// Variables of a body. Reading goes outwards, setting stays inside.
final class JinjaScope {
    var values: [String: JinjaValue] = [:]
    let parent: JinjaScope?

    init(parent: JinjaScope?) { self.parent = parent }

    func value(_ name: String) -> JinjaValue? {
        var scope: JinjaScope? = self
        while let current = scope {
            if let value = current.values[name] { return value }
            scope = current.parent
        }
        return nil
    }
}
