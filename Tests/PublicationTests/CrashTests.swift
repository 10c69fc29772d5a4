import Foundation
import Publication
import ReportSupport
import Testing

@Suite struct CrashTests {
    private struct Crash: Error {}

    @Test("A crash before any step leaves the whole run visible or none of it", arguments: PublicationStep.allCases)
    func crash(at step: PublicationStep) throws {
        let outbox = try TestOutbox()
        let first = try outbox.stage().publish(.succeeded)
        do {
            let staging = try outbox.stage()
            #expect(throws: Crash.self) {
                try staging.publish(.succeeded) { if $0 == step { throw Crash() } }
            }
        }
        let second = "\(first.run)-2"
        #expect(
            outbox.visible()
                == (step == .latest ? [first.run.description, second, "latest"] : [first.run.description, "latest"]))
        #expect(try outbox.latest() == first.run.description)
        if step == .latest { #expect(try VerifyPublication.check("\(outbox.runs)/\(second)").passed) }

        let next = try outbox.stage()
        let staged = ".publishing-\(next.run)-attempt-1"
        #expect(outbox.hidden() == [staged, staged + ".lock"])
        let published = try next.publish(.succeeded)
        #expect(try outbox.sha256sum(published.folder) == 0)
        #expect(try outbox.latest() == published.run.description)
        #expect(outbox.hidden() == [])
    }

    @Test("A crash while a failed run is set aside publishes nothing")
    func failedRun() throws {
        let outbox = try TestOutbox()
        do {
            let staging = try outbox.stage(SampleReport.failed())
            #expect(throws: Crash.self) {
                try staging.publish(.failed) { if $0 == .checksums { throw Crash() } }
            }
        }
        #expect(outbox.visible() == [])
        _ = try outbox.stage(SampleReport.failed()).publish(.failed)
        #expect(outbox.visible().count == 1)
    }

    @Test("A staging folder that is still being filled is left alone by another run")
    func live() throws {
        let outbox = try TestOutbox()
        let slow = try outbox.stage()
        let fast = try outbox.stage().publish(.succeeded)
        #expect(slow.run != fast.run)
        let published = try slow.publish(.succeeded)
        #expect(try VerifyPublication.check(published.folder).passed)
    }

    @Test("A discarded run leaves nothing")
    func discarded() throws {
        let outbox = try TestOutbox()
        try outbox.stage().discard()
        #expect(outbox.files(outbox.runs) == [".lock"])
    }

    @Test("A leftover link of a crash does not stop latest from moving")
    func leftoverLink() throws {
        let outbox = try TestOutbox()
        let staging = try outbox.stage()
        try FileManager.default.createSymbolicLink(
            atPath: "\(outbox.runs)/.publishing-latest", withDestinationPath: "gone")
        _ = try staging.publish(.succeeded)
        #expect(try outbox.latest() == staging.run.description)
        #expect(outbox.hidden() == [])
    }
}
