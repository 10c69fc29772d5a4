import Manifests

/// The environment of a process that confines itself, a job's, the intake's or an export's: what computing and time zones
/// need, by name. A webhook's URL or key is in the worker's environment under a name that nobody knows beforehand, so what
/// is not listed is not handed on.
package enum ChildEnvironment {
    private static let names: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "TZDIR", "LANG", "LANGUAGE", "LD_LIBRARY_PATH",
        "LORAD_KERNELS",
    ]
    /// OpenBLAS would start its threads before main, and these could not be confined; lorad's own pool computes. A
    /// confined process may start no other, and a crash reporter is one.
    private static let fixed = ["OPENBLAS_NUM_THREADS": "1", "SWIFT_BACKTRACE": "enable=no"]
    private static let prefixes = ["LC_", "OPENBLAS_", "OMP_", "GOMP_", "DNNL_", "MALLOC_", "GLIBC_TUNABLES"]

    /// - Parameter configuration: names the variables that hold secrets, whatever they are called.
    package static func filter(
        _ environment: [String: String], for configuration: WorkerConfiguration
    ) -> [String: String] {
        let secrets = Set(
            configuration.hooks.flatMap {
                [$0.urlEnvironment, $0.secretEnvironment, $0.proxyEnvironment].compactMap { $0 }
            })
        return environment.filter { name, _ in
            !secrets.contains(name) && (names.contains(name) || prefixes.contains(where: name.hasPrefix))
        }.merging(fixed) { _, fixed in fixed }
    }
}
