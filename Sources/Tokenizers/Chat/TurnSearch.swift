/// Finds turns in what a template wrote, by what the same template writes of the conversation's beginnings.
///
/// A turn begins where the beginning before it ends, with the words that ask the assistant to speak; it ends where the
/// beginning with it ends. Templates that write an earlier turn in another way once more turns follow (without its
/// reasoning, say) write beginnings that the whole text does not begin with; there the end follows from the content,
/// whose place shows when another one is put in its place, and from what the template writes after it.
struct TurnSearch {
    typealias Renderer = (Conversation, _ addGenerationPrompt: Bool) throws(TokenizersError) -> String

    let text: String
    let conversation: Conversation
    /// Whether the text goes on after its last turn and asks the assistant to speak.
    let endsAsking: Bool
    let render: Renderer
    /// Stands in the place of a content; a character of nobody's.
    private static let probe: Unicode.Scalar = "\u{F8FE}"

    /// Bytes of UTF-8 of the turn of the message at `place`, from its first to its end token.
    ///
    /// White space after an end token belongs to the template, as nobody generates it.
    ///
    /// - Parameter endsWithToken: whether a text ends with a special token.
    /// - Throws: `TokenizersError.unsupported` where the template does not let it be found.
    func turn(_ place: Int, endsWithToken: (Substring) -> Bool) throws(TokenizersError) -> Range<Int> {
        let other = try? render(
            conversation.replacing(place, by: conversation.messages[place].saying(String(Self.probe))), endsAsking)
        guard let start = start(place, other), let end = end(place, other, from: start), start < end else {
            throw Self.notFound(place)
        }
        let turn = Substring(text.utf8.dropFirst(start).prefix(end - start))
        var trimmed = turn
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        guard trimmed.utf8.count < turn.utf8.count, !trimmed.isEmpty, endsWithToken(trimmed) else { return start..<end }
        return start..<start + trimmed.utf8.count
    }

    /// Where the turn begins; nil where that cannot be told.
    private func start(_ place: Int, _ other: String?) -> Int? {
        let before = conversation.prefix(place)
        let asked = conversation.messages[place].isAssistants ? (try? render(before, true)) : nil
        if let asked, begins(with: asked) { return asked.utf8.count }
        let plain = try? render(before, false)
        guard place == 0 || plain.map(begins(with:)) == true, let other else { return nil }
        // What asks for an answer may go on with what this answer does not begin with, such as its reasoning.
        let content = common(text, other)
        let header = asked.map { min(content, common(text, $0)) } ?? content
        return header >= (plain.flatMap { begins(with: $0) ? $0.utf8.count : nil } ?? 0) ? header : nil
    }

    /// Where the turn ends; nil where that cannot be told.
    private func end(_ place: Int, _ other: String?, from start: Int) -> Int? {
        let through = conversation.prefix(place + 1)
        guard let last = try? render(through, false) else { return nil }
        if begins(with: last) { return last.utf8.count }
        let probed = through.replacing(place, by: through.messages[place].saying(String(Self.probe)))
        guard let other, let otherLast = try? render(probed, false) else { return nil }
        var contentEnd = text.utf8.count - commonEnd(text, other)
        var closing = last.utf8.suffix(commonEnd(last, otherLast))
        if conversation.messages[place].content.isEmpty {
            // What a template puts between a content and calls of tools, it leaves out where nothing is said: what the
            // texts have in common may then begin in the words before the turn.
            contentEnd = max(contentEnd, start)
            let rest = text.utf8.dropFirst(contentEnd)
            while let first = closing.first, Self.isWhite(first), !rest.starts(with: closing) {
                closing = closing.dropFirst()
            }
        }
        guard contentEnd >= start, text.utf8.dropFirst(contentEnd).starts(with: closing) else { return nil }
        return contentEnd + closing.count
    }

    private static func isWhite(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private func begins(with beginning: String) -> Bool { text.utf8.starts(with: beginning.utf8) }

    /// Bytes of what two texts begin with alike, in whole characters of Unicode.
    private func common(_ one: String, _ other: String) -> Int {
        zip(one.unicodeScalars, other.unicodeScalars).lazy.prefix { $0 == $1 }.reduce(0) { $0 + UTF8.width($1.0) }
    }

    private func commonEnd(_ one: String, _ other: String) -> Int {
        zip(one.unicodeScalars.reversed(), other.unicodeScalars.reversed()).lazy.prefix { $0 == $1 }
            .reduce(0) { $0 + UTF8.width($1.0) }
    }

    private static func notFound(_ place: Int) -> TokenizersError {
        TokenizersError(
            .unsupported, "The turn of message \(place + 1) cannot be found in what the chat template writes.",
            cause:
                "The template writes the turn in another way once others follow, or refuses the conversation up to it.",
            advice: "Set dataset.train_on: last or mark such turns with \"weight\": 0; or name a template in "
                + "dataset.chat_template that marks the assistant's turns by {% generation %}.")
    }
}
