import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("A place in the outbox that no run can have")
struct OutboxRefusalTests {
    @Test("A job is refused for it before its base is read, and so is `validate --deep`")
    func beforeTraining() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try FileManager.default.createDirectory(
                atPath: folder + "/outbox/job/latest", withIntermediateDirectories: true)
            let heard = Heard()
            let error = #expect(throws: PipelineError.self) { try bench.run("", heard.reporter) }
            #expect(error?.code == .rejected)
            #expect(heard.started.isEmpty)
            #expect(throws: PipelineError.self) { try bench.check("") }
        }
    }
}
