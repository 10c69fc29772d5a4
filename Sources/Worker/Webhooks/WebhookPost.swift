import CCurl
import Foundation
import Glibc

/// One POST of one delivery over libcurl, https://curl.se/libcurl/c/curl_easy_setopt.html. Blocks its thread for at
/// most the settings' timeout.
struct WebhookPost {
    /// An answer's body is of no use; more than this is not even received.
    static let answerLimit = 65_536

    let hook: ResolvedHook
    let settings: DeliverySettings
    /// Polled while the request is under way; true ends it.
    let shouldStop: @Sendable () -> Bool

    func send(id: String, body: String, now: Date = Date()) -> PostOutcome {
        guard Self.isLibraryReady, let handle = curl_easy_init() else { return .failed("libcurl could not start") }
        defer { curl_easy_cleanup(handle) }
        let transfer = Transfer(allowPrivate: hook.hook.allowPrivate, shouldStop: shouldStop)
        return withExtendedLifetime(transfer) {
            var headers: UnsafeMutablePointer<curl_slist>?
            defer { curl_slist_free_all(headers) }
            for header in self.headers(id: id, body: body, now: now) {
                headers = curl_slist_append(headers, header) ?? headers
            }
            guard configure(handle, transfer: transfer, headers: headers, body: body) else {
                return .failed("libcurl refused a setting")
            }
            return outcome(of: curl_easy_perform(handle), handle, transfer)
        }
    }

    private func headers(id: String, body: String, now: Date) -> [String] {
        // Without `Expect:` a body over 1 MB would wait for 100 Continue.
        var headers = ["Content-Type: application/json", "Expect:"]
        guard hook.hook.kind == .generic else { return headers }
        let timestamp = Int64(now.timeIntervalSince1970)
        headers += ["webhook-id: \(id)", "webhook-timestamp: \(timestamp)"]
        if !hook.signingKeys.isEmpty {
            let signatures = hook.signingKeys.map { $0.signature(id: id, timestamp: timestamp, payload: body) }
            headers.append("webhook-signature: " + signatures.joined(separator: " "))
        }
        return headers
    }

    private func configure(
        _ handle: UnsafeMutableRawPointer, transfer: Transfer, headers: UnsafeMutablePointer<curl_slist>?, body: String
    ) -> Bool {
        let protocols = hook.hook.allowHTTP ? "https,http" : "https"
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_SSL_VERIFYPEER, 1),
            (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_NOPROGRESS, 0),
            (CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout * 1_000)),
            (CURLOPT_TIMEOUT_MS, Int(settings.timeout * 1_000)), (CURLOPT_POSTFIELDSIZE, body.utf8.count),
            (CURLOPT_FRESH_CONNECT, 1), (CURLOPT_FORBID_REUSE, 1),
        ]
        // An empty proxy: the environment's would be connected to in the hook's place, unseen by the address check.
        let texts: [(CURLoption, String)] = [
            (CURLOPT_URL, hook.url.reveal()), (CURLOPT_PROTOCOLS_STR, protocols), (CURLOPT_PROXY, ""),
            (CURLOPT_USERAGENT, "lorad"), (CURLOPT_COPYPOSTFIELDS, body),
        ]
        var codes = numbers.map { lorad_curl_set_long(handle, $0.0, $0.1) }
        codes += texts.map { lorad_curl_set_text(handle, $0.0, $0.1) }
        codes.append(lorad_curl_set_list(handle, CURLOPT_HTTPHEADER, headers))
        return codes.allSatisfy { $0 == CURLE_OK } && transfer.install(on: handle)
    }

    private func outcome(
        of code: CURLcode, _ handle: UnsafeMutableRawPointer, _ transfer: Transfer
    ) -> PostOutcome {
        if code == CURLE_ABORTED_BY_CALLBACK, shouldStop() { return .stopped }
        var status = 0
        lorad_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        // The status line has come; that more followed than was wanted does not change the answer.
        if code == CURLE_OK || transfer.sawTooMuch, status >= 200 {
            var wait: curl_off_t = 0
            lorad_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &wait)
            return .answered(status: status, retryAfter: wait > 0 ? Double(wait) : nil)
        }
        if transfer.sawRefusedAddress {
            return .failed("its host has a private, loopback or link-local address, which is not allowed")
        }
        return .failed("the request failed: " + String(cString: curl_easy_strerror(code)))
    }

    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
