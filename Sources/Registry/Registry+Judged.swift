import Common
import Ledger

/// What became of a run that was to be promoted.
package enum JudgedPromotion: Sendable, Equatable {
    /// It is the champion now, or was made that before.
    case promoted(AdapterVersion)
    /// It waits as `candidate` for somebody to judge it, and why.
    case candidate(AdapterVersion, why: String)
    /// It has no number: its report or its list of checksums cannot be read, or it is not there.
    case unknown
}

extension Registry {
    /// Makes a run the champion that passed its gates against the one before, and only in that one's place: where the
    /// alias leads elsewhere by now, or something else speaks against it, the run becomes `candidate`.
    ///
    /// Doing it twice is doing it once, whatever moved in between.
    ///
    /// - Parameters:
    ///   - run: its folder's path.
    ///   - judged: where `champion` led when the run was judged by it; nil for nowhere.
    ///   - by: who asks, by which a repetition is known: the job.
    /// - Throws: as `promote`, but for what makes it a candidate.
    package func promote(run: String, of name: String, judgedBy judged: AliasTarget?, by: String) throws
        -> JudgedPromotion
    {
        let entry = try follow(name)
        // Of a path only its end counts: an outbox is named from here and from the root.
        let place = run.split(separator: "/").suffix(2).joined(separator: "/")
        guard let version = entry.versions.first(where: { $0.run == place }) else { return .unknown }
        let target = AliasTarget.version(version.number)
        if try moves(of: name).contains(where: { $0.by == by && $0.to == target }) {
            let isChampion = try moves(of: name, alias: AliasName.champion).contains { $0.by == by && $0.to == target }
            return isChampion ? .promoted(version) : .candidate(version, why: "It was judged before.")
        }
        do {
            guard entry.target(of: AliasName.champion) == judged else {
                throw RegistryError(
                    .moved, "\(name)@\(AliasName.champion) is not where it was when the run was judged by it.")
            }
            _ = try promote(name, to: target, by: by, expecting: .some(judged))
            return .promoted(version)
        } catch let error as RegistryError where error.code == .moved || error.code == .refused {
            let why = [error.message, error.cause].compactMap(\.self).joined(separator: " ")
            _ = try promote(
                name, to: target, alias: AliasName.candidate, by: by, reason: String(why.prefix(200)), force: true)
            return .candidate(version, why: why)
        }
    }
}
