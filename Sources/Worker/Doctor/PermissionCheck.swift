import Foundation
import Manifests
import Pipeline

/// Who else may write where the worker trusts what it reads.
struct PermissionCheck {
    let configuration: WorkerConfiguration

    func findings() -> [Finding] {
        var loose: [Finding] = []
        // Whoever writes here decides what a job is, what was published, and what ran.
        for (name, path) in [
            ("state", configuration.state), ("outbox", configuration.outbox), ("pipelines", configuration.pipelines),
        ] {
            guard let mode = mode(of: path), mode & 0o002 != 0 else { continue }
            loose.append(
                Finding(
                    "permissions \(name)", "everybody on this machine may write to \(path) (0\(octal(mode)))", .problem,
                    advice: "chmod o-w \(path)"))
        }
        if let mode = mode(of: configuration.inbox), mode & 0o002 != 0 {
            loose.append(
                Finding(
                    "permissions inbox",
                    "everybody on this machine may submit and withdraw jobs (0\(octal(mode)))", .warning,
                    advice: "If only some should: chgrp a group and chmod 2770 \(configuration.inbox)"))
        }
        return loose.isEmpty ? [Finding("permissions", "no folder is writable by everybody")] : loose
    }

    private func mode(of path: String) -> UInt32? {
        FileSystem.status(path, followingLinks: true).map { $0.st_mode & 0o7777 }
    }

    private func octal(_ mode: UInt32) -> String { String(mode, radix: 8) }
}
