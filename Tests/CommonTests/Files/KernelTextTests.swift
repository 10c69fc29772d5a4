import Common
import Testing

@Suite("Texts that the kernel makes")
struct KernelTextTests {
    @Test("A list of many pages is read to its end")
    func whole() throws {
        // Of each of the process's mappings, more than twenty lines; the last says its flags.
        let text = try #require(KernelText.read("/proc/self/smaps"))
        #expect(text.utf8.count > 16 << 10)
        #expect(text.split(separator: "\n").last?.hasPrefix("VmFlags:") == true)
    }

    @Test("A list with nothing on it is empty, and what is not there is nil")
    func nothing() {
        #expect(KernelText.read("/dev/null") == "")
        #expect(KernelText.read("/proc/self/no-such-file") == nil)
    }
}
