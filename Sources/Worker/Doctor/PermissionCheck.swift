import Common
import Foundation
import Manifests
import OperatingSystem
import Pipeline

/// Who else may write where the worker trusts what it reads.
struct PermissionCheck {
    let configuration: WorkerConfiguration
    /// lorad.yaml.
    let file: String?

    func findings() -> [Finding] {
        var loose: [Finding] = []
        // Whoever writes here decides what a job is, what was published, and what ran.
        let roots = configuration.allowedRoots.map { ("root \($0)", $0) }
        let trusted =
            [("state", configuration.state), ("outbox", configuration.outbox), ("pipelines", configuration.pipelines)]
            + roots + (file.map { [("lorad.yaml", $0)] } ?? [])
        for (name, path) in trusted {
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
        let missing = configuration.allowedRoots.filter { !FileSystem.isFolder($0) }.map { root in
            Finding(
                "root \(root)", "allowed_roots names \(root), which is no folder", .warning,
                advice: "Make it, mount it, or take it out of lorad.yaml: jobs that read from it are rejected.")
        }
        return (loose.isEmpty ? [Finding("permissions", "nothing is writable by everybody")] : loose) + missing
    }

    private func mode(of path: String) -> UInt32? {
        FileSystem.status(path, followingLinks: true).map { $0.st_mode & 0o7777 }
    }

    private func octal(_ mode: UInt32) -> String { String(mode, radix: 8) }
}
