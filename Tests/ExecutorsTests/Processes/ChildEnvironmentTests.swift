import Executors
import Manifests
import Testing

@Suite("The environment of a process that confines itself")
struct ChildEnvironmentTests {
    @Test("Only what is listed is handed on, no hook's secret, and no library starts threads of its own")
    func filtered() {
        var hook = HookConfiguration()
        hook.urlEnvironment = "LC_HOOK"
        var configuration = WorkerConfiguration()
        configuration.hooks = [hook]
        let found = ChildEnvironment.filter(
            [
                "PATH": "/bin", "LC_ALL": "C", "LC_HOOK": "https://hook", "TOKEN": "secret",
                "LORAD_KERNELS": "baseline",
                "OPENBLAS_NUM_THREADS": "8", "OPENBLAS_CORETYPE": "Zen", "SWIFT_BACKTRACE": "enable=yes",
            ], for: configuration)
        #expect(
            found == [
                "PATH": "/bin", "LC_ALL": "C", "LORAD_KERNELS": "baseline", "OPENBLAS_NUM_THREADS": "1",
                "OPENBLAS_CORETYPE": "Zen", "SWIFT_BACKTRACE": "enable=no",
            ])
    }
}
