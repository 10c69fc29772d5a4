import Common
import Executors
import Foundation
import Manifests
import ModelFiles
import OperatingSystem

/// What the intake's process says, one JSON document a line.
package enum IntakeAnswer: Sendable, Codable, Equatable {
    /// First: it can work.
    case ready
    /// What it may read is not what it was started for any more: a new process must be asked.
    case outdated
    /// A sign of life while it hashes what is large.
    case reading
    case inspected(Inspection)
    case prepared(ScheduledManifest)
    /// What differs, in words; nil where nothing does. `hashes` are those that had to be found out, for
    /// `HashCache.adopt`; nil where none had.
    case compared(difference: String?, hashes: String? = nil)
    /// Why what was asked for cannot be read, one line a sentence.
    case failed(lines: [String])

    /// Bytes of an answer at most: a manifest of the largest size whose every character needs six in JSON, and mistakes.
    static let longestLine = 6 * ManifestFile.largestSize + (2 << 20)

    /// An answer from its line; nil where it is none, or says what no sound process would: what read a hostile manifest
    /// is not believed more than that.
    package static func read(_ line: String) -> IntakeAnswer? {
        guard line.utf8.count <= longestLine,
            let answer: IntakeAnswer = try? MessageLine.read(line)
        else { return nil }
        let isBounded =
            switch answer {
            case .ready, .outdated, .reading: true
            case .inspected(let inspection): inspection.isBounded
            case .prepared(let manifest): manifest.isBounded
            case .compared(let difference, let hashes):
                Bounds.holds([difference].compactMap { $0 }) && (hashes?.utf8.count ?? 0) <= HashCache.mostAdopted
            case .failed(let lines): Bounds.holds(lines)
            }
        return isBounded ? answer : nil
    }
}

/// A claimed manifest, read and judged.
package struct Inspection: Sendable, Codable, Equatable {
    package let file: ManifestFile
    /// Nil where the file is no text that could be a manifest.
    package let verdict: ManifestVerdict?
    /// When one of the files that it names last changed; nil where one is gone.
    package let lastChange: Date?

    /// Reads a file and has its text judged.
    package static func of(_ path: String, name: String, judge: (String) -> ManifestVerdict) -> Inspection {
        let file = ManifestFile.read(path, name: name)
        guard file.mistake == nil else { return Inspection(file: file, verdict: nil, lastChange: nil) }
        switch judge(file.text) {
        case .accepted(let name, let notify, let priority, let inputs, let stamp, let wishes):
            return Inspection(
                file: file,
                verdict: .accepted(
                    name: name, notify: notify, priority: priority, inputs: Bounds.fitting(inputs),
                    stamp: stamp, wishes: wishes),
                lastChange: InputFiles.lastChange(of: inputs))
        case .rejected(let lines):
            return Inspection(file: file, verdict: .rejected(diagnostics: Bounds.cut(lines)), lastChange: nil)
        }
    }

    var isBounded: Bool {
        guard file.isBounded, (verdict == nil) == (file.mistake != nil) else { return false }
        switch verdict {
        case .accepted(let name, let notify, _, let inputs, let stamp, let wishes):
            return !name.isEmpty && (stamp.map(Stamp.isStamp) ?? true) && name.utf8.count <= Bounds.longestName
                && Bounds.holds(notify ?? []) && wishes?.isBounded ?? true
                && Bounds.fitting(inputs) == inputs
        case .rejected(let lines): return Bounds.holds(lines)
        case nil: return true
        }
    }
}

/// A manifest of `schedule`, ready for the inbox.
package struct ScheduledManifest: Sendable, Codable, Equatable {
    /// With its stamp. One with mistakes is as it was: the inbox rejects it as it does any other, quarantined
    /// beside them, and the hooks are told.
    package let text: String
    /// What it is compared with earlier runs by; nil where it has mistakes.
    package let unstamped: Unstamped?

    package struct Unstamped: Sendable, Codable, Equatable {
        package let name: String
        package let text: String
        /// The files and folders that a job of it reads.
        package let inputs: [String]

        init(_ manifest: NightlyManifest) {
            name = manifest.document.manifest.name
            text = manifest.text
            inputs = Bounds.fitting(manifest.document.manifest.inputs)
        }

        var isBounded: Bool {
            text.utf8.count <= ScheduledManifest.longestText && name.utf8.count <= Bounds.longestName
                && Bounds.fitting(inputs) == inputs
        }
    }

    /// A stamp makes it a little longer; what is too long then is refused when it is submitted.
    private static let longestText = ManifestFile.largestSize + Bounds.longestName

    var isBounded: Bool {
        text.utf8.count <= Self.longestText && unstamped?.isBounded ?? true
    }
}

/// How much an answer may say beside a manifest's text.
private enum Bounds {
    static let lines = 500
    /// Bytes of one line.
    static let longestLine = 2_048
    static let longestName = 256
    /// Bytes of all the paths that a manifest names, which stand in its text without their roots.
    static let paths = 1 << 18

    static func holds(_ lines: [String]) -> Bool {
        lines.count <= Self.lines && lines.allSatisfy { $0.utf8.count <= longestLine }
    }

    /// The first paths that are not too long together.
    static func fitting(_ paths: [String]) -> [String] {
        var bytes = 0
        return Array(
            paths.prefix { path in
                bytes += path.utf8.count
                return bytes <= Self.paths
            })
    }

    /// The first lines, each cut where it is too long, and how many more there are.
    static func cut(_ lines: [String]) -> [String] {
        var kept = lines.prefix(Self.lines - 1).map { MessageLimits.cut($0, to: longestLine) }
        if kept.count < lines.count { kept.append("and \(lines.count - kept.count) more") }
        return kept
    }
}

extension IntakeAnswer {
    /// An error as an answer.
    static func failure(_ error: any Error) -> IntakeAnswer {
        .failed(lines: Bounds.cut(ErrorLines.of(error)))
    }

    /// What differs, as an answer.
    static func comparison(_ difference: String?, _ found: FoundHashes) -> IntakeAnswer {
        .compared(difference: difference.flatMap { Bounds.cut([$0]).first }, hashes: found.text)
    }
}
