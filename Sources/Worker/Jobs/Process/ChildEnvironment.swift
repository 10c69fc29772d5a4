/// The environment of a job process: what computing and time zones need, by name. A webhook's URL or key is in the
/// worker's environment under a name that nobody knows beforehand, so what is not listed is not handed on.
enum ChildEnvironment {
    private static let names: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "TZDIR", "LANG", "LANGUAGE", "LD_LIBRARY_PATH",
        "SWIFT_BACKTRACE", "SWIFT_BACKTRACE_ROOT", "LORAD_KERNELS",
    ]
    private static let prefixes = ["LC_", "OPENBLAS_", "OMP_", "GOMP_", "DNNL_", "MALLOC_", "GLIBC_TUNABLES"]

    /// - Parameter secrets: names that hold secrets, whatever they are called.
    static func filter(_ environment: [String: String], secrets: Set<String>) -> [String: String] {
        environment.filter { name, _ in
            !secrets.contains(name) && (names.contains(name) || prefixes.contains(where: name.hasPrefix))
        }
    }
}
