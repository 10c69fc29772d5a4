/// A token that is found in text before anything else is done to it.
struct AddedToken: Sendable, Equatable {
    let id: Int
    let content: String
    /// Matches only where no letter or digit touches it.
    var singleWord = false
    /// Takes the white space before it along.
    var leftStrip = false
    /// Takes the white space after it along.
    var rightStrip = false
    /// Is looked for in normalised text, itself normalised.
    var normalized = false
    var special = true
}
