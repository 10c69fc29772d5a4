import Foundation
import Ledger
import Registry

/// A tag, in `lorad registry show --json`.
package struct VersionTagAnswer: Encodable {
    /// Absent for a tag that is only there or not.
    package let value: String?
    package let setAt: Date
    package let setBy: String

    private enum CodingKeys: String, CodingKey {
        case value
        case setAt = "set_at"
        case setBy = "set_by"
    }

    package init(_ tag: VersionTag) {
        value = tag.value
        setAt = tag.date
        setBy = tag.by
    }
}

/// A note, in `lorad registry show --json`.
package struct VersionNoteAnswer: Encodable {
    package let text: String
    package let writtenAt: Date
    package let writtenBy: String

    private enum CodingKeys: String, CodingKey {
        case text
        case writtenAt = "written_at"
        case writtenBy = "written_by"
    }

    package init(_ note: VersionRemark) {
        text = note.text ?? ""
        writtenAt = note.date
        writtenBy = note.by
    }
}

/// A remark on a version, in `lorad registry history --json` beside the moves of aliases.
package struct VersionRemarkAnswer: Encodable {
    /// `tag`, `untag`, `note`, `imported`, `verified` or `removed`.
    package let event: String
    package let version: Int
    package let key: String?
    package let text: String?
    package let madeAt: Date
    package let madeBy: String

    private enum CodingKeys: String, CodingKey {
        case event, version, key, text
        case madeAt = "made_at"
        case madeBy = "made_by"
    }

    package init(_ remark: VersionRemark) {
        event = remark.kind.rawValue
        version = remark.number
        key = remark.key
        text = remark.text
        madeAt = remark.date
        madeBy = remark.by
    }
}

/// One line of a name's history.
package enum HistoryAnswer: Encodable {
    case move(AliasMoveAnswer)
    case remark(VersionRemarkAnswer)

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .move(let move): try move.encode(to: encoder)
        case .remark(let remark): try remark.encode(to: encoder)
        }
    }
}
