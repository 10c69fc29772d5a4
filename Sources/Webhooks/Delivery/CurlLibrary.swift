import CCurl

/// The system's libcurl, over which messages go.
package enum CurlLibrary {
    /// curl's own line, such as `libcurl/7.88.1 OpenSSL/3.0.17 zlib/1.2.13`.
    package static var version: String { String(cString: curl_version()) }

    /// The file and the folder that it was built to look for certificates in, those that it has.
    package static var certificatePlaces: [String] {
        [lorad_curl_certificate_file(), lorad_curl_certificate_folder()].compactMap { $0.map { String(cString: $0) } }
    }
}
