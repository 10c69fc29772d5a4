import Foundation
import Glibc
import LedgerSupport
import Testing
import Worker

@Suite("inotify")
struct InboxWatchTests {
    @Test("A written file is reported as created, modified and closed; a renamed one as arrived")
    func events() throws {
        let folder = try ScratchFolder()
        let watch = try InboxWatch(folder: folder.path)
        let file = try #require(fopen(folder.path + "/a.yaml", "w"))
        fputs("name: a", file)
        fclose(file)
        rename(folder.path + "/a.yaml", folder.path + "/b.yaml")
        #expect(watch.read() == [.created("a.yaml"), .modified("a.yaml"), .closed("a.yaml"), .arrived("b.yaml")])
        #expect(watch.read().isEmpty)
    }

    @Test("A removed folder is reported")
    func gone() throws {
        let folder = try ScratchFolder()
        try FileManager.default.createDirectory(atPath: folder.path + "/inbox", withIntermediateDirectories: false)
        let watch = try InboxWatch(folder: folder.path + "/inbox")
        rmdir(folder.path + "/inbox")
        #expect(watch.read().contains(.folderGone))
    }

    @Test("A missing folder cannot be watched, and the message names it")
    func missing() throws {
        #expect(
            failure { try InboxWatch(folder: "/nonexistent/inbox") }?.message.contains("/nonexistent/inbox") == true)
    }

    @Test("The kernel's overflow record is an overflow")
    func overflow() {
        #expect(InboxWatch.decode(record(mask: 0x4000, name: "")[...]) == [.overflow])
    }

    @Test("A truncated record, or one whose name would end beyond the bytes, is an overflow")
    func lying() {
        let whole = record(mask: 0x80, name: "a.yaml")
        #expect(InboxWatch.decode(whole[...]) == [.arrived("a.yaml")])
        #expect(InboxWatch.decode(whole[..<10]) == [.overflow])
        #expect(InboxWatch.decode(whole[..<20]) == [.overflow])
        #expect(InboxWatch.decode((whole + whole.prefix(3))[...]) == [.arrived("a.yaml"), .overflow])
    }

    /// A `struct inotify_event` as the kernel lays it out, the name padded to 16 bytes.
    private func record(mask: UInt32, name: String) -> [UInt8] {
        let padded = name.isEmpty ? [] : Array(name.utf8) + [UInt8](repeating: 0, count: 16 - name.utf8.count)
        let numbers: [UInt32] = [1, mask, 0, UInt32(padded.count)]
        return numbers.flatMap { number in (0..<4).map { UInt8(number >> ($0 * 8) & 0xFF) } } + padded
    }
}
