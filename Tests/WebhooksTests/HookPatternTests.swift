import Manifests
import Testing
import Webhooks

@Suite("Which jobs a hook hears of")
struct HookPatternTests {
    @Test(
        "A stamped job goes by its name, and by its name and stamp",
        arguments: [
            (["nightly"], true), (["nightly-20261124t0200z"], true), (["nightly-*"], true), (["night*"], true),
            ([], true), (["weekly"], false), (["nightly-2025*"], false), (["20261124t0200z"], false),
        ] as [([String], Bool)])
    func stamped(patterns: [String], hears: Bool) {
        let hook = Hook(name: "chat", kind: .generic, url: .environment("X"), events: [.succeeded], jobs: patterns)
        #expect(hook.hears(.succeeded, ofJob: "nightly", stamp: "20261124t0200z") == hears)
        #expect(!hook.hears(.failed, ofJob: "nightly", stamp: "20261124t0200z"))
    }

    @Test("One without a stamp goes by its name alone")
    func plain() {
        let hook = Hook(name: "chat", kind: .generic, url: .environment("X"), jobs: ["nightly-*"])
        #expect(!hook.hears(.succeeded, ofJob: "nightly"))
    }
}
