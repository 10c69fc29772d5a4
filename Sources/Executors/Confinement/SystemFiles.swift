import Foundation

/// What of the system a confined process opens: nothing that is anybody's secret.
package enum SystemFiles {
    /// Libraries and what tells of the processor, of memory, of time zones and of this process.
    package static let read =
        [
            "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/usr/share/locale",
            "/usr/share/i18n", "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/os-release",
            "/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf",
            "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/vm/overcommit_memory",
            "/sys/devices/system/cpu", "/sys/devices/system/node", "/dev/zero", "/dev/random", "/dev/urandom",
        ]

    /// The same where the environment says that it lies elsewhere.
    package static var named: [String] { ["TZDIR"].compactMap { ProcessInfo.processInfo.environment[$0] } }

    package static let written = ["/dev/null"]
}
