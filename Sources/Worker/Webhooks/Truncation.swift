/// Cuts text to a service's limit, visibly. Lengths are UTF-16 units: no service counts more units than that, so a
/// text that fits here fits there.
package enum Truncation {
    /// `text` itself where it fits, else its beginning and `…`. Never splits what a reader sees as one character, and
    /// never splits what `escaping` made of one.
    package static func cut(
        _ text: String, to limit: Int, escaping: (Character) -> String = { String($0) }
    ) -> String {
        let ellipsis = "…"
        var result = ""
        var length = 0
        // The longest beginning that leaves room for the ellipsis, in case it is needed.
        var cutResult = ""
        for character in text {
            let piece = escaping(character)
            length += piece.utf16.count
            if length > limit { return limit > 0 ? cutResult + ellipsis : "" }
            result += piece
            if length <= limit - ellipsis.utf16.count { cutResult = result }
        }
        return result
    }
}
