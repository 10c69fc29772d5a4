/// What published adapters that a run is held against answer to one prompt: `compared` in a prompt's entry.
package struct ComparedTexts: Codable, Sendable, Equatable {
    /// That of the adapter that training went on from.
    package var parent: String?
    package var champion: String?
    package var previous: String?

    package init(parent: String? = nil, champion: String? = nil, previous: String? = nil) {
        (self.parent, self.champion, self.previous) = (parent, champion, previous)
    }

    /// Nil where no text is there.
    package var known: ComparedTexts? { self == ComparedTexts() ? nil : self }

    /// The text of a model by its role.
    package func text(of role: String) -> String? {
        switch role {
        case "parent": parent
        case "champion": champion
        case "previous": previous
        default: nil
        }
    }
}
