import Publication
import Reports

/// The base of a run or an import, as its files name it.
struct BaseRecord {
    let path: String
    /// Where it lay, whatever folder `path` was named from.
    let place: String
    let sha256: String
    let tokenizerSHA256: String

    init(_ base: BaseProvenance) {
        (path, place) = (base.path, base.place)
        (sha256, tokenizerSHA256) = (base.sha256, base.tokenizerSHA256)
    }

    init(_ base: ImportRecord.Base) {
        (path, place) = (base.path, base.path)
        (sha256, tokenizerSHA256) = (base.sha256, base.tokenizerSHA256)
    }
}
