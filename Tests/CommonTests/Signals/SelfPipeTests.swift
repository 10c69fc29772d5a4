import Common
import Glibc
import Testing

@Suite("Self-pipes")
struct SelfPipeTests {
    private func isReadable(_ pipe: SelfPipe) -> Bool {
        var wait = pollfd(fd: pipe.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, 0) == 1
    }

    @Test("Whoever waits is woken once, however often it was asked for")
    func wakes() throws {
        let pipe = try SelfPipe()
        #expect(!isReadable(pipe) && !pipe.drain())
        for _ in 0..<300 { pipe.wake() }
        #expect(isReadable(pipe))
        #expect(pipe.drain() && !isReadable(pipe) && !pipe.drain())
    }

    @Test("A full pipe blocks nobody")
    func full() throws {
        let pipe = try SelfPipe()
        for _ in 0..<100_000 { SelfPipe.wake(pipe.writeEnd) }
        #expect(pipe.drain() && !pipe.drain())
    }
}
