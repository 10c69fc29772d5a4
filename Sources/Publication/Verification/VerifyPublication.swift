import Foundation

/// Compares a run's folder with its `SHA256SUMS`, from the files alone.
package enum VerifyPublication {
    /// One file, or one line of `SHA256SUMS`, that is not as it was published.
    package struct Finding: Codable, Sendable, Equatable {
        /// What is wrong with it.
        package enum Kind: String, Codable, Sendable {
            /// Listed, and not there.
            case missing
            /// Listed, and of other content, or no regular file any more.
            case changed
            /// There, and not listed.
            case extra
            /// A line that is no checksum, is listed twice, or leads out of the folder.
            case malformed
        }

        /// What is wrong.
        package let kind: Kind
        /// The path relative to the run's folder; for a malformed line `SHA256SUMS:LINE`.
        package let path: String
    }

    /// What was compared and what was found.
    package struct Outcome: Sendable, Equatable {
        /// How many files are listed.
        package let listed: Int
        /// What is not as it was published, in order of the list; extra files last.
        package let findings: [Finding]

        /// Whether the folder holds exactly what was published.
        package var passed: Bool { findings.isEmpty }
    }

    /// Checks every listed file of `folder`, and that there is no other but its signatures.
    /// - Throws: `PublicationError` with code `missing` where there is no folder or no list to check against.
    package static func check(_ folder: String) throws -> Outcome {
        let present = try PublishedFiles(in: folder)
        let list = "\(folder)/\(ChecksumFile.name)"
        guard present.files.contains(ChecksumFile.name), let data = FileManager.default.contents(atPath: list) else {
            throw PublicationError(
                .missing, "\(folder) holds no \(ChecksumFile.name) to check against.",
                advice: "Name the folder of one published run, such as outbox/NAME/latest.")
        }
        var findings: [Finding] = []
        var listed: Set<String> = []
        let files = Set(present.files)
        let others = Set(present.others + present.folders)
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !(line.isEmpty && index == lines.count - 1) {
            guard let entry = ChecksumFile.entry(line), listed.insert(entry.path).inserted else {
                findings.append(Finding(kind: .malformed, path: "\(ChecksumFile.name):\(index + 1)"))
                continue
            }
            if files.contains(entry.path) {
                if PublishedFiles.hash("\(folder)/\(entry.path)") != entry.sha256 {
                    findings.append(Finding(kind: .changed, path: entry.path))
                }
            } else {
                findings.append(Finding(kind: others.contains(entry.path) ? .changed : .missing, path: entry.path))
            }
        }
        let signatures = Set(RunSignatures.files).intersection(present.files)
        let unlisted = (present.files + present.others).filter {
            !listed.contains($0) && $0 != ChecksumFile.name && !signatures.contains($0)
        }
        findings += unlisted.map { Finding(kind: .extra, path: $0) }
        return Outcome(listed: listed.count, findings: findings)
    }
}
