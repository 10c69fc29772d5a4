/// Why a value is not there. The message is written where somebody asks for it: most of them are never read, and those
/// that quote a name would take its length at every look.
struct JinjaUndefined {
    enum Reason {
        /// A variable that nobody set.
        case name(String)
        /// A parameter that a macro is called without.
        case parameter(String)
        /// A macro that asks for `caller` outside of a call block.
        case caller
        /// An attribute or item, and what it was looked for in.
        case attribute(String, of: String)
        /// An item whose key, as it is written, is no name.
        case element(String, of: String)
        /// An attribute that the sandbox hides, and the type it is of.
        case unsafe(String, of: String)
        /// `a if b`, where `b` does not hold.
        case condition(line: Int)
        /// `loop.previtem` of the first turn, `loop.nextitem` of the last.
        case previous, following
        /// The first, last or an aggregated item of what has none; the word says which.
        case item(String)
    }

    private let reason: Reason

    init(_ reason: Reason) { self.reason = reason }

    /// What using the value is refused as.
    var error: JinjaError {
        if case .unsafe = reason { return JinjaError(.security, message) }
        return JinjaError(.undefined, message)
    }

    private var message: String {
        switch reason {
        case .name(let name): "\(PythonText.quoted(name)) is undefined"
        case .parameter(let name): "parameter \(PythonText.quoted(name)) was not provided"
        case .caller: "No caller defined"
        case .attribute(let name, let owner):
            "\(PythonText.quoted(owner)) has no attribute \(PythonText.quoted(name))"
        case .element(let key, let owner): "\(owner) has no element \(key)"
        case .unsafe(let name, let type):
            "access to attribute \(PythonText.quoted(name)) of \(PythonText.quoted(type)) object is unsafe."
        case .condition(let line):
            "the inline if-expression on line \(line) evaluated to false and no else section was defined."
        case .previous: "there is no previous item"
        case .following: "there is no next item"
        case .item(let which): "No \(which) item, sequence was empty."
        }
    }
}
