import Common
import Foundation
import Ledger
import Manifests
import OperatingSystem
import Pipeline
import Webhooks

/// The system's libraries, with their versions.
package enum LibraryCheck {
    /// What curl calls the TLS libraries that it can be built with.
    private static let encryption = [
        "OpenSSL", "GnuTLS", "LibreSSL", "BoringSSL", "mbedTLS", "wolfSSL", "NSS", "rustls",
    ]

    /// libyaml, libcurl and SQLite; OpenBLAS is the machine's affair.
    package static func findings() -> [Finding] {
        [
            Finding("libyaml", YAMLLibrary.version), curl(CurlLibrary.version),
            certificates(at: CurlLibrary.certificatePlaces), sqlite(),
        ]
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
            return Finding("sqlite", try SQLiteLibrary.version())
        } catch {
            return Finding(
                "sqlite", "cannot be used: \(error.localizedDescription)", .problem, advice: "Install libsqlite3-0.")
        }
    }
}
