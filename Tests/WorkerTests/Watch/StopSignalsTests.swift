import Glibc
import OperatingSystem
import TestSupport
import Testing
import Worker

/// The handlers are the whole process's: one case at a time.
@Suite("Stop signals", .serialized)
struct StopSignalsTests {
    @Test("SIGTERM and SIGINT ask the worker to stop", arguments: [SIGTERM, SIGINT])
    func asks(signal: Int32) throws {
        let stop = try StopRequest(signals: StopSignals())
        #expect(!stop.isRequested)
        kill(getpid(), signal)
        #expect(eventually { stop.isRequested })
    }
}
