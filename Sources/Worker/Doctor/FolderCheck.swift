import Common
import Foundation
import Manifests
import OperatingSystem
import Pipeline

/// The worker's folders, the disks under them, and the hash cache.
struct FolderCheck {
    private let configuration: WorkerConfiguration
    /// Less free space than this is worth a word: a run of a small base with merged weights takes half of it.
    private static let littleSpace = 2 << 30

    init(_ configuration: WorkerConfiguration) {
        self.configuration = configuration
    }

    func findings() -> [Finding] {
        [
            folder("inbox", configuration.inbox), folder("outbox", configuration.outbox),
            folder("state", configuration.state), mark(), pipelines(), sameFileSystem(), localState(),
            CacheCheck.finding(configuration.hashCache),
        ]
    }

    private func folder(_ name: String, _ path: String) -> Finding {
        let place = FileSystem.nearest(path)
        let exists = FileSystem.isFolder(path)
        if !exists, FileSystem.exists(path) {
            return Finding(name, "\(path) is no folder", .problem, advice: "Move it away, or name another folder.")
        }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: place)
        let free = attributes?[.systemFreeSize] as? Int
        var value = exists ? path : "\(path), made when it is needed"
        if let free { value += ", \(free >> 20) MiB free" }
        guard access(place, W_OK | X_OK) == 0 else {
            return Finding(
                name, value + ", NOT writable", .problem, advice: "Let the user that runs lorad write to \(place).")
        }
        guard let free, free < Self.littleSpace else { return Finding(name, value + ", writable") }
        return Finding(
            name, value + ", writable", .warning,
            advice: "Free some space: checkpoints and published runs go there.")
    }

    /// Without its mark the outbox is not the one that the worker started with.
    private func mark() -> Finding {
        let isOld = FileSystem.exists(configuration.state + "/ledger.sqlite")
        guard isOld, !FileSystem.exists(configuration.outbox + "/.lorad-outbox") else {
            return Finding("outbox_mark", isOld ? "there" : "made at the first start")
        }
        return Finding(
            "outbox_mark", "\(configuration.outbox)/.lorad-outbox is missing", .problem,
            advice:
                "Mount the outbox's file system. If it is the right folder and was emptied, restart the worker, which "
                + "marks it anew; until then no job is started.")
    }

    private func pipelines() -> Finding {
        let names = (try? FileSystem.names(in: configuration.pipelines)) ?? []
        let count = names.count { $0.hasSuffix(".yaml") }
        return Finding(
            "pipelines",
            FileSystem.isFolder(configuration.pipelines)
                ? "\(configuration.pipelines), \(count) of defaults"
                : "\(configuration.pipelines) does not exist; no defaults")
    }

    /// A manifest is claimed by a rename, which needs one file system.
    private func sameFileSystem() -> Finding {
        let devices = [configuration.inbox, configuration.state].map {
            FileSystem.status(FileSystem.nearest($0), followingLinks: true)?.st_dev
        }
        guard devices[0] != devices[1] else { return Finding("file_system", "inbox and state are on one") }
        let claims = configuration.inbox + "/.claimed"
        guard let status = FileSystem.status(claims) else {
            return Finding("file_system", "inbox and state are on two; manifests are claimed to \(claims)")
        }
        let isOwn = status.st_mode & S_IFMT == S_IFDIR && status.st_mode & 0o022 == 0
        return Finding(
            "file_system", "inbox and state are on two; manifests are claimed to \(claims)", isOwn ? .ok : .problem,
            advice: isOwn ? nil : "Remove \(claims): it is no folder that the worker's user alone may write to.")
    }

    private func localState() -> Finding {
        guard let network = MountTable.networkFileSystem(of: FileSystem.nearest(configuration.state)) else {
            return Finding("state_disk", "local")
        }
        return Finding(
            "state_disk", "a network file system (\(network))", .problem,
            advice: "Put `state` on a local disk: the ledger's write-ahead log needs one host.")
    }
}
