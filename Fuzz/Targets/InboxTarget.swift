import Foundation
import Manifests
import Worker

/// A file in the inbox. The first line is its name, the rest what it holds.
package struct InboxTarget: FuzzTarget {
    package static let name = "inbox"

    private let scratch: ScratchFolder
    private let folders: WorkerFolders

    package init() throws {
        scratch = try ScratchFolder()
        let path = scratch.path
        folders = try WorkerFolders(
            WorkerSettings(inbox: path + "/inbox", outbox: path + "/outbox", state: path + "/state"))
    }

    package func check(_ bytes: [UInt8]) throws {
        let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        // What no file can be called is left out.
        let name = (parts.first ?? []).filter { $0 != 0 && $0 != UInt8(ascii: "/") }.prefix(255)
        guard !name.isEmpty, name != [0x2E], name != [0x2E, 0x2E] else { return }
        let content = Array(parts.count > 1 ? parts[1] : [])
        let path = Array(folders.inbox.utf8) + [UInt8(ascii: "/")] + name
        let descriptor = path.withUnsafeBufferPointer { bytes in
            String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(bytes)
                ? open(String(decoding: bytes, as: UTF8.self), O_WRONLY | O_CREAT | O_TRUNC, 0o644) : -1
        }
        // Names that are no text are tried by a test of the inbox; they cannot be told to Foundation.
        guard descriptor >= 0 else { return }
        FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(Data(content))
        defer { unlink(String(decoding: path, as: UTF8.self)) }
        var inbox = Inbox(folder: folders.inbox, quietTime: 0, heldOpenTime: 0)
        let ready = try inbox.scan(wallClock: .greatestFiniteMagnitude).ready
        let text = String(decoding: name, as: UTF8.self)
        try require(ready == (InboxNames.isManifest(text) ? [text] : []), "the inbox holds \(ready), not \(text)")
        for name in ready { try claim(name, content) }
    }

    private func claim(_ name: String, _ content: [UInt8]) throws {
        guard let claim = try Claim.take(name, folders: folders) else {
            throw FuzzViolation(message: "'\(name)' is ready and cannot be claimed")
        }
        defer { claim.discard() }
        try require(try Claim.leftovers(folders) == [claim], "a claim is not found again")
        let file = ManifestFile.read(claim.path, name: claim.name)
        guard let mistake = file.mistake else {
            return try require(Array(file.text.utf8) == content, "a manifest's text is not what the file holds")
        }
        try require(file.text.isEmpty, "a refused file has text")
        let isOneLine = !mistake.unicodeScalars.contains { $0.properties.generalCategory == .control }
        try require(isOneLine && mistake.count > 10, "a mistake that is not one line: \(mistake)")
    }
}
