import CCurl
import Foundation
import GRDB
import Manifests
import Pipeline

/// The system's libraries, with their versions.
package enum LibraryCheck {
    /// What curl calls the TLS libraries that it can be built with.
    private static let encryption = [
        "OpenSSL", "GnuTLS", "LibreSSL", "BoringSSL", "mbedTLS", "wolfSSL", "NSS", "rustls",
    ]

    /// libyaml, libcurl and SQLite; OpenBLAS is the machine's affair.
    package static func findings() -> [Finding] {
        [Finding("libyaml", YAMLLibrary.version), curl(String(cString: curl_version())), sqlite()]
    }

    /// Whether curl can speak TLS.
    ///
    /// - Parameter version: curl's own line, such as `libcurl/7.88.1 OpenSSL/3.0.17 zlib/1.2.13`.
    package static func curl(_ version: String) -> Finding {
        let parts = version.split(separator: " ").map(String.init)
        let library = parts.first { part in encryption.contains { part.contains($0 + "/") } }
        guard let library else {
            return Finding(
                "libcurl", "\(parts.first ?? version), without TLS", .problem,
                advice: "Install libcurl4 (the OpenSSL build): webhooks are posted over https.")
        }
        return Finding("libcurl", "\(parts.first ?? version), TLS by \(library)")
    }

    private static func sqlite() -> Finding {
        do {
            let version = try DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
            return Finding("sqlite", version ?? "unknown")
        } catch {
            return Finding(
                "sqlite", "cannot be used: \(error.localizedDescription)", .problem, advice: "Install libsqlite3-0.")
        }
    }
}
