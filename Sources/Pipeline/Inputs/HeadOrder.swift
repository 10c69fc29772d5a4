import Datasets
import ModelFiles

/// How the classes of a job's rows relate to the head that its base's checkpoint holds.
///
/// A head of the right size is what training starts from and what the base is scored with; its rows mean what the
/// checkpoint's `id2label` says. Labels that were sorted instead would be judged by another class's row.
struct HeadOrder {
    /// The classes in the order of the head's rows, spelled as the job spells them; nil where the names do not agree.
    let names: [String]?
    /// The job's classes in its own order.
    let own: [String]
    /// Whether the job's whole numbers are places in its own list.
    private let numbersArePlaces: Bool
    private let head: [String]

    /// Nil where there is nothing to compare: a regression, a head of another size, which is drawn anew, and one whose
    /// classes have no names of their own (`LABEL_0`), which are taken in the job's order.
    init?(_ labels: SequenceLabels, base: BaseModelFiles?) {
        guard let base, case .classes(let own) = labels,
            case .classification(.classes(let head)) = ModelTask.of(base: base), head.count == own.count,
            head != own, !ModelTask.isUnnamed(head)
        else { return nil }
        (self.own, self.head) = (own, head)
        numbersArePlaces = !own.contains { Int($0) != nil }
        // Rows that number their classes from 0 number the head's rows.
        let isNumbered = own == own.indices.map(String.init)
        names = isNumbered ? own : Self.matched(head, own)
    }

    /// `own` in the order of `head`, compared exactly, or else without case; nil where they are not the same names.
    private static func matched(_ head: [String], _ own: [String]) -> [String]? {
        for spelling in [{ (name: String) in name }, { $0.lowercased() }] {
            let places = Dictionary(own.map { (spelling($0), $0) }) { first, _ in first }
            let names = head.compactMap { places[spelling($0)] }
            if places.count == own.count, Set(names).count == own.count { return names }
        }
        return nil
    }

    /// Rows whose labels say by name what they said by a place in the job's own list.
    func named(_ rows: [LabelledRow]) -> [LabelledRow] {
        guard numbersArePlaces else { return rows }
        return rows.map { row in
            LabelledRow(line: row.line, text: row.text, pair: row.pair, label: named(row.label), slice: row.slice)
        }
    }

    /// The same of one label.
    func named(_ label: RowLabel) -> RowLabel {
        guard numbersArePlaces, case .number(let place) = label, own.indices.contains(place) else { return label }
        return .name(own[place])
    }

    var fault: String {
        "the checkpoint's own head has the classes \(Self.list(head)), the rows have \(Self.list(own))."
    }

    var cause: String { "Training starts from that head, and the base is scored with it." }

    var advice: String {
        "Name the classes as the checkpoint's id2label does, or use a base without a head of \(head.count) classes."
    }

    private static func list(_ names: [String]) -> String {
        let shown = 20
        let rest = names.count > shown ? ", and \(names.count - shown) more" : ""
        return names.prefix(shown).map { "'\($0)'" }.joined(separator: ", ") + rest
    }
}
