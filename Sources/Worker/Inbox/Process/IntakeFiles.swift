import Foundation

/// What the intake's process may read, its first line of input: it confines itself to that before it says that it can work.
/// It writes nothing, and hands over what it finds out.
package struct IntakeFiles: Sendable, Codable, Equatable {
    /// Files and folders.
    let reads: [String]
}

extension IntakeOrder {
    /// What the order cannot be done without: whatever a manifest may name, pipelines, and what it is about.
    package var files: IntakeFiles {
        let own: [String] =
            switch request {
            // The folder of all claims: those of one worker are read by one process.
            case .inspect(let path, _, _): [Self.folder(Self.folder(path))]
            case .prepare(let path, _, _): [path]
            case .compare(_, _, let run, _): [run]
            }
        return IntakeFiles(reads: rules.allowedRoots + [rules.pipelines] + own)
    }

    private static func folder(_ path: String) -> String { (path as NSString).deletingLastPathComponent }
}
