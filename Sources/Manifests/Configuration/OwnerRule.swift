import Foundation

/// An entry of lorad.yaml's `owners`: what the owner of a manifest's file may ask of the worker. What is absent is not
/// limited.
package struct OwnerRule: Section, Codable {
    /// Whose manifests.
    package var owner = FileOwner.anyoneElse
    /// The highest `priority` of a manifest; nil: any.
    package var priority: Int?
    /// Jobs of this owner that run at the same time; nil: as many as there are threads for.
    package var atOnce: Int?
    /// The most rows that one job may train on; nil: any.
    package var rows: Int?
    /// The most optimizer steps of one job; nil: any.
    package var steps: Int?

    package init() {}

    static let fields: [Field<OwnerRule>] = [
        .required(
            "owner", \.owner, .fileOwner, missing: "name a user, a user's number, or \"*\" for anyone else",
            "Who owns the manifest's file in the inbox: a user's name or number, or `\"*\"` for each one who is not named."
        ),
        .optional(
            "priority", \.priority, .integer(-100...100, example: 0), absent: "any",
            "The highest `priority`; a manifest that asks for a higher one is rejected."),
        .optional(
            "at_once", \.atOnce, .integer(1...256, example: 1), absent: "as `jobs.at_once`",
            "Jobs of this owner that run at the same time; others go before those that wait for it."),
        .optional(
            "rows", \.rows, .integer(1...1_000_000_000, example: 100_000), absent: "any",
            "Most rows that a job trains on; one with more is rejected before training."),
        .optional(
            "steps", \.steps, .integer(1...1_000_000_000, example: 5_000), absent: "any",
            "Most steps that a job trains for, those of `epochs` counted out; one with more is rejected before training."
        ),
    ]
}

/// Who owns a file, as lorad.yaml names them.
package struct FileOwner: Sendable, Codable, Equatable {
    /// As written.
    package let text: String
    /// The user's number; nil for each one whom no other rule names.
    package let uid: UInt32?

    package static let anyoneElse = FileOwner(text: "*", uid: nil)

    package init(text: String, uid: UInt32?) {
        self.text = text
        self.uid = uid
    }
}

extension WorkerConfiguration {
    /// The rule for a file's owner: the one that names them, else that for anyone else; nil where there is neither, or the
    /// owner is not known, as of a job that an older lorad admitted.
    package func rule(forOwner uid: UInt32?) -> OwnerRule? {
        guard let uid else { return nil }
        return owners.first { $0.owner.uid == uid } ?? owners.first { $0.owner.uid == nil }
    }

    static let ownersField = Field<WorkerConfiguration>.standard(
        "owners", \.owners, .list(of: .section("{owner: \"*\", at_once: 1}"), example: "[{owner: \"*\", at_once: 1}]"),
        standard: "none",
        "What the owners of manifests' files may ask for; the worker's own account too, where it is named.")

    /// Two rules for one owner contradict each other.
    static func checkOwners(_ section: WorkerConfiguration, _ node: YAMLNode, _ context: inout ReadingContext) {
        let elements = node["owners"]?.elements ?? []
        // One that could not be read is not among them, and indices would not match.
        guard elements.count == section.owners.count else { return }
        for (index, rule) in section.owners.enumerated() {
            let earlier = section.owners.prefix(index)
            guard earlier.contains(where: { $0.owner.uid == rule.owner.uid }) else { continue }
            let place = elements[index]["owner"]?.position ?? elements[index].position
            context.diagnostics.add(place, "owners[\(index)].owner \(Shown.quoted(rule.owner.text)) has a rule already")
        }
    }
}

extension Kind where Value == FileOwner {
    /// A user's name, or number, or `*`.
    static var fileOwner: Kind<FileOwner> {
        let expectation = "a user's name or number, or \"*\" in quotes for anyone else"
        return Kind(
            type: "user's name or number, or `\"*\"`", expectation: expectation,
            read: { node, context, path in
                switch node.scalar?.value {
                case .integer(let number):
                    if let uid = UInt32(exactly: number) { return FileOwner(text: "\(number)", uid: uid) }
                    context.diagnostics.add(node.position, "\(path) is \(number); no user has that number")
                case .string("*"): return .anyoneElse
                case .string(let name) where !name.isEmpty && !name.utf8.contains(0):
                    if let uid = uid(of: name) { return FileOwner(text: name, uid: uid) }
                    context.diagnostics.add(
                        node.position, "\(path) is \(Shown.quoted(name)), a user that this machine does not have")
                default:
                    context.diagnostics.add(
                        node.position, "\(path) is \(Shown.kind(of: node)); expected \(expectation)")
                }
                return nil
            },
            write: { owner in
                let number = owner.uid.flatMap { "\($0)" == owner.text ? Int($0) : nil }
                return YAMLNode(
                    .scalar(
                        number.map { YAMLScalar(text: owner.text, value: .integer($0)) }
                            ?? YAMLScalar(string: owner.text)))
            })
    }

    private static func uid(of name: String) -> UInt32? {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return entry.pw_uid
    }
}
