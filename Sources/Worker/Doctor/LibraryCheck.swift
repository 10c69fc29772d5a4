import CCurl
import Common
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
        [Finding("libyaml", YAMLLibrary.version), curl(String(cString: curl_version())), certificates(), sqlite()]
    }

    private static func certificates() -> Finding {
        certificates(
            at: [lorad_curl_certificate_file(), lorad_curl_certificate_folder()].compactMap {
                $0.map { String(cString: $0) }
            })
    }

    /// Whether there is anything to judge a server's certificate by.
    ///
    /// - Parameter places: the file and the folder that curl was built to look in.
    package static func certificates(at places: [String]) -> Finding {
        let found = places.first { place in
            FileSystem.isFolder(place)
                ? !((try? FileSystem.names(in: place)) ?? []).isEmpty : FileSystem.exists(place)
        }
        if let found { return Finding("certificates", found) }
        return Finding(
            "certificates", "none at \(places.joined(separator: " or "))", .problem,
            advice: "Install the package ca-certificates: without it no webhook over https is delivered.")
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
