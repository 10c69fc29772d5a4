import ModelFiles

/// Variables of a body. Reading goes outwards, setting stays inside.
final class JinjaScope {
    private var values: [ExactString: JinjaValue] = [:]
    let parent: JinjaScope?

    init(parent: JinjaScope?) { self.parent = parent }

    /// The variable of this body itself.
    subscript(name: String) -> JinjaValue? {
        get { values[ExactString(name)] }
        set { values[ExactString(name)] = newValue }
    }
}
