/// A JSON object: its members in the file's order, found by the exact bytes of their key.
package struct JSONObject: Sendable {
    package typealias Member = (key: String, value: JSONValue)

    package let members: [Member]
    /// Positions by key; only built where looking through the members one by one would be slower.
    private let positions: [ExactString: Int]?

    private static let linearLimit = 8

    /// An object to be written.
    ///
    /// - Precondition: no key stands twice.
    package init(_ members: [Member]) {
        var repeated: Int?
        guard let object = Self.build(members, repeated: &repeated) else {
            preconditionFailure("The key \(members[repeated ?? 0].key) stands twice.")
        }
        self = object
    }

    private init(members: [Member], positions: [ExactString: Int]?) {
        self.members = members
        self.positions = positions
    }

    /// The same object with a member set: in its place where it is there, else at the end.
    package func setting(_ key: String, to value: JSONValue) -> JSONObject {
        let exact = ExactString(key)
        guard self[key] != nil else { return JSONObject(members + [(key, value)]) }
        return JSONObject(members.map { ExactString($0.key) == exact ? ($0.key, value) : $0 })
    }

    /// Returns nil, and where the second of two equal keys stands, when a key is repeated.
    static func build(_ members: [Member], repeated: inout Int?) -> JSONObject? {
        guard members.count > linearLimit else {
            for (index, member) in members.enumerated() {
                let key = ExactString(member.key)
                if members[..<index].contains(where: { ExactString($0.key) == key }) {
                    repeated = index
                    return nil
                }
            }
            return JSONObject(members: members, positions: nil)
        }
        var positions = [ExactString: Int](minimumCapacity: members.count)
        for (index, member) in members.enumerated()
        where positions.updateValue(index, forKey: ExactString(member.key)) != nil {
            repeated = index
            return nil
        }
        return JSONObject(members: members, positions: positions)
    }

    package var count: Int { members.count }

    package var keys: [String] { members.map(\.key) }

    package subscript(key: String) -> JSONValue? {
        let exact = ExactString(key)
        if let positions { return positions[exact].map { members[$0].value } }
        return members.first { ExactString($0.key) == exact }?.value
    }
}
