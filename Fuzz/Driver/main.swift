import CLibFuzzer
import Foundation
import FuzzTargets

/// lorad-fuzz TARGET [libFuzzer's options and corpus folders]: feeds a target from libFuzzer.
///
/// Violations and traps both end the process, which is what libFuzzer takes for a finding.

private nonisolated(unsafe) var target: (any FuzzTarget)?

private func complain(_ message: String) { FileHandle.standardError.write(Data((message + "\n").utf8)) }

private func fail(_ message: String, _ code: Int32) -> Never {
    complain(message)
    exit(code)
}

let name = CommandLine.arguments.dropFirst().first ?? ""
guard let type = FuzzTargets.named(name) else {
    fail("'\(name)' is no target; known are \(FuzzTargets.all.map { $0.name }.joined(separator: ", ")).", 64)
}
do { target = try type.init() } catch { fail("The target \(name) cannot be prepared: \(error)", 66) }

// libFuzzer gets the arguments without the target's name.
var count = CommandLine.argc - 1
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
arguments?.pointee = CommandLine.unsafeArgv.pointee
let status = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
    do {
        try target?.check(Array(UnsafeBufferPointer(start: data, count: size)))
    } catch {
        complain("VIOLATION: \(error.localizedDescription)")
        abort()
    }
    return 0
}
exit(status)
