/// A place in a chat's message, by what the service would make of text that stands there.
package enum ChatPlace: Sendable, CaseIterable {
    /// Between back quotes, where Discord and Mattermost see no Markdown, no link and no mention.
    case code
    /// The same in Slack's mrkdwn, which knows `<url|text>` and `<!channel>` inside code too.
    case slackCode
    /// Slack's `plain_text`: shown as it is, entities too.
    case slackPlain
    /// Slack's `text`, the line of a notification.
    case slackText
    /// An Adaptive Card's `TextRun`, which knows no Markdown.
    case run

    /// What stands there for a character. By scalars: with an accent on it, a mark is another character, and marks up all
    /// the same.
    func piece(_ character: Character) -> String {
        switch self {
        case .code: character.unicodeScalars.map { $0 == "`" ? "'" : String($0) }.joined()
        case .slackCode, .slackText: character.unicodeScalars.map(Self.slack).joined()
        case .slackPlain, .run: String(character)
        }
    }

    /// Where a bare address would become a link, whatever is asked for.
    fileprivate var linksByItself: Bool {
        switch self {
        case .code, .slackCode: false
        case .slackPlain, .slackText, .run: true
        }
    }

    private static func slack(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "`": "'"
        default: String(scalar)
        }
    }
}

extension ForeignText {
    /// As it may stand in `place`, cut to `limit` UTF-16 units: no service counts more units than that, so a text that
    /// fits here fits there.
    package static func forChat(_ text: String, _ place: ChatPlace, limit: Int) -> String {
        let shown = block(text)
        return cut(place.linksByItself ? unlinked(shown) : shown, to: limit, piece: place.piece)
    }

    /// In Discord's Markdown outside of a code block, as a title or a value: as it is where it holds nothing but letters,
    /// digits and spaces with `.`, `-`, `:`, `/` and `,` among them, else as code.
    package static func forDiscord(_ text: String, limit: Int) -> String {
        let shown = line(text)
        let isList = shown.unicodeScalars.first == "-" || shown.unicodeScalars.first == "+"
        let isOrdinary = shown.unicodeScalars.allSatisfy { scalar in
            !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || " .-:/,%+".unicodeScalars.contains(scalar)
        }
        if isOrdinary, !isList, !leadsSomewhere(shown[...]) { return cut(shown, to: limit) }
        let code = cut(shown, to: limit - 2, piece: ChatPlace.code.piece)
        return code.isEmpty ? "" : "`\(code)`"
    }

    /// `text` itself where it fits into `limit` UTF-16 units, else its beginning and `…`. Never splits what a reader sees
    /// as one character, and never what `piece` made of one.
    package static func cut(
        _ text: String, to limit: Int, piece: (Character) -> String = { String($0) }
    ) -> String {
        let ellipsis = "…"
        var pieces: [String] = []
        var length = 0
        // How many pieces leave room for the ellipsis, in case it is needed.
        var kept = 0
        for character in text {
            let piece = piece(character)
            length += piece.utf16.count
            if length > limit { return limit > 0 ? pieces.prefix(kept).joined() + ellipsis : "" }
            pieces.append(piece)
            if length <= limit - ellipsis.utf16.count { kept = pieces.count }
        }
        return pieces.joined()
    }

    /// With a space in every address that begins with a scheme or `www.`, and in what looks like a link or a mention, so
    /// that none is one.
    private static func unlinked(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            guard leadsSomewhere(word) || word.unicodeScalars.contains(where: { $0 == "<" || $0 == "]" }) else {
                return String(word)
            }
            var result = String.UnicodeScalarView()
            for scalar in word.unicodeScalars {
                result.append(scalar)
                if ":.@<]".unicodeScalars.contains(scalar) { result.append(" ") }
            }
            return String(result)
        }.joined(separator: " ")
    }
}
