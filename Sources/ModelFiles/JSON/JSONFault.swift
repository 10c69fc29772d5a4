/// Where and why text is no JSON.
package struct JSONFault: Error, Equatable, Sendable {
    /// In bytes from the beginning of the text.
    package let offset: Int
    /// Goes on a sentence that names the place.
    package let problem: String

    package init(offset: Int, problem: String) {
        self.offset = offset
        self.problem = problem
    }
}
