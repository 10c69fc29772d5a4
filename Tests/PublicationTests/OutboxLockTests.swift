import Foundation
import Glibc
import Testing

@Suite("Locks of an outbox")
struct OutboxLockTests {
    @Test("A lock that another account holds on the outbox's folders keeps nobody from publishing")
    func folders() throws {
        let outbox = try TestOutbox()
        _ = try outbox.stage().publish(.succeeded)
        let held = [outbox.path, outbox.runs].map { (path: String) in open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { for descriptor in held { close(descriptor) } }
        for descriptor in held { #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0) }
        let staging = try outbox.stage()
        let other = open(staging.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(other) }
        #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
        let published = try staging.publish(.succeeded)
        #expect(try outbox.latest() == published.run.description)
    }
}
