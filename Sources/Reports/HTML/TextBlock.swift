import Common
import ForeignText

/// Foreign text in the page: cut to a length, saying so.
package enum TextBlock {
    /// A short text on one line, cut with an ellipsis.
    package static func short(_ text: String, to limit: Int = 80) -> String {
        let shown = ForeignText.beginning(of: text, limit)
        return shown.omitted == 0 ? text : "\(shown.text)…"
    }

    /// Says how much of a text is not shown.
    package static func omission(_ count: Int) -> HTML {
        guard count > 0 else { return "" }
        return "<span class=\"omitted\"> … \(FigureFormat.count(count)) more characters, see report.json</span>"
    }

    /// A text whose words are marked where `reference` has others.
    package static func compared(_ text: String, with reference: String?, limit: Int, style: String) -> HTML {
        let shown = ForeignText.beginning(of: text, limit)
        guard let reference else { return "\(shown.text)\(omission(shown.omitted))" }
        let other = ForeignText.beginning(of: reference, limit)
        let words = WordDifference.segments(of: shown.text, against: other.text)
        let marked = words.map { segment -> HTML in
            segment.differs ? "<mark class=\"\(style)\">\(segment.text)</mark>" : "\(segment.text)"
        }
        let beyond = shown.text == other.text && text != reference
        let note: HTML = beyond ? "<span class=\"omitted\"> They differ after what is shown.</span>" : ""
        return "\(marked)\(omission(shown.omitted))\(note)"
    }
}

extension TextBlock {
    /// What became of a text: words that are gone struck through, new ones underlined.
    package static func difference(from old: String, to new: String, limit: Int) -> HTML {
        let (before, after) = (ForeignText.beginning(of: old, limit), ForeignText.beginning(of: new, limit))
        let marked = WordDifference.pieces(from: before.text, to: after.text).map { piece -> HTML in
            switch piece.kind {
            case .same: "\(piece.text)"
            case .deleted: "<del>\(piece.text)</del>"
            case .inserted: "<ins>\(piece.text)</ins>"
            }
        }
        let beyond = before.text == after.text && old != new
        let note: HTML = beyond ? "<span class=\"omitted\"> They differ after what is shown.</span>" : ""
        return "\(marked)\(omission(max(before.omitted, after.omitted)))\(note)"
    }
}

/// Which words of a text another text does not have at that place.
package enum WordDifference {
    package struct Segment: Equatable {
        package var text: String
        package var differs: Bool
    }

    /// The text in order, neighbouring words of one kind joined.
    package static func segments(of text: String, against reference: String) -> [Segment] {
        let words = split(text)
        let inserted = words.difference(from: split(reference)).insertions.map { change in
            guard case .insert(let offset, _, _) = change else { return -1 }
            return offset
        }
        let differing = Set(inserted)
        return words.enumerated().reduce(into: []) { segments, word in
            let differs = differing.contains(word.offset)
            if let last = segments.indices.last, segments[last].differs == differs {
                segments[last].text += word.element
            } else {
                segments.append(Segment(text: String(word.element), differs: differs))
            }
        }
    }

    /// Words that both texts have, or one of them alone.
    package struct Piece: Equatable {
        package enum Kind { case same, deleted, inserted }

        package var text: String
        package let kind: Kind
    }

    /// What became of a text, in order; what is gone stands before what is new in its place.
    package static func pieces(from old: String, to new: String) -> [Piece] {
        let (old, new) = (split(old), split(new))
        let difference = new.difference(from: old)
        let deleted = Set(difference.removals.map(offset)), inserted = Set(difference.insertions.map(offset))
        var pieces: [Piece] = []
        func append(_ word: Substring, _ kind: Piece.Kind) {
            if let last = pieces.indices.last, pieces[last].kind == kind {
                pieces[last].text += word
            } else {
                pieces.append(Piece(text: String(word), kind: kind))
            }
        }
        var (from, to) = (0, 0)
        while from < old.count || to < new.count {
            if deleted.contains(from) {
                append(old[from], .deleted)
                from += 1
            } else if inserted.contains(to) {
                append(new[to], .inserted)
                to += 1
            } else {
                append(new[to], .same)
                (from, to) = (from + 1, to + 1)
            }
        }
        return pieces
    }

    private static func offset(_ change: CollectionDifference<Substring>.Change) -> Int {
        switch change {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }

    /// Runs of white space and runs of anything else.
    private static func split(_ text: String) -> [Substring] {
        var words: [Substring] = []
        var rest = text[...]
        while let first = rest.first {
            let word = rest.prefix { $0.isWhitespace == first.isWhitespace }
            words.append(word)
            rest = rest.dropFirst(word.count)
        }
        return words
    }
}
