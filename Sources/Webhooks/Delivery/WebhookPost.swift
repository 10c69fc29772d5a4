import CCurl
import Foundation

/// The POST of one delivery over libcurl, https://curl.se/libcurl/c/curl_easy_setopt.html.
package struct WebhookPost {
    /// Bytes of headers and body together. An answer's body is of no use; more than this is not even received.
    static let answerLimit = 65_536

    let hook: ResolvedHook
    let settings: DeliverySettings

    package init(hook: ResolvedHook, settings: DeliverySettings) {
        self.hook = hook
        self.settings = settings
    }

    /// The request, ready to be driven; a reason where it may not or cannot be made.
    func prepare(id: String, body: String, now: Date = Date()) -> Result<Transfer, Refusal> {
        if hook.proxy != nil, !hook.hook.allowPrivate, let address = literalAddress, !AddressPolicy.isPublic(address) {
            return .failure(Refusal(reason: Transfer.refusedAddress))
        }
        // Through a proxy the connection is to the proxy, which the operator chose; what lies behind it is its affair.
        let permitsAll = hook.hook.allowPrivate || hook.proxy != nil
        let transfer = Transfer(headers: headers(id: id, body: body, now: now)) {
            permitsAll || AddressPolicy.isPublic($0)
        }
        guard let transfer else { return .failure(Refusal(reason: "libcurl could not start")) }
        guard configure(transfer.handle, body: body) else {
            return .failure(Refusal(reason: "libcurl refused a setting"))
        }
        return .success(transfer)
    }

    /// Why a request was not made; holds no URL.
    struct Refusal: Error { let reason: String }

    /// Sends on the calling thread.
    package func send(id: String, body: String) -> PostOutcome {
        switch prepare(id: id, body: body) {
        case .success(let transfer): transfer.perform().outcome
        case .failure(let refusal): .failed(refusal.reason)
        }
    }

    private func headers(id: String, body: String, now: Date) -> [String] {
        // Without `Expect:` a body over 1 MB would wait for 100 Continue.
        var headers = ["Content-Type: application/json", "Expect:"]
        guard ChatServices.of(hook.hook.kind).isStandardWebhook else { return headers }
        let timestamp = Int64(now.timeIntervalSince1970)
        headers += ["webhook-id: \(id)", "webhook-timestamp: \(timestamp)"]
        if !hook.signingKeys.isEmpty {
            let signatures = hook.signingKeys.map { $0.signature(id: id, timestamp: timestamp, payload: body) }
            headers.append("webhook-signature: " + signatures.joined(separator: " "))
        }
        return headers
    }

    private func configure(_ handle: UnsafeMutableRawPointer, body: String) -> Bool {
        let protocols = hook.hook.allowHTTP ? "https,http" : "https"
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_SSL_VERIFYPEER, 1),
            (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout * 1_000)),
            (CURLOPT_TIMEOUT_MS, Int(settings.timeout * 1_000)), (CURLOPT_POSTFIELDSIZE, body.utf8.count),
            // A connection kept from another hook would escape the address check.
            (CURLOPT_FRESH_CONNECT, 1), (CURLOPT_FORBID_REUSE, 1),
            // A name server that hangs must not hold up the other hooks when this request is given up.
            (CURLOPT_QUICK_EXIT, 1),
        ]
        // Empty rather than unset: the environment's proxy is nobody's decision for this hook.
        let texts: [(CURLoption, String)] = [
            (CURLOPT_URL, hook.url.reveal()), (CURLOPT_PROTOCOLS_STR, protocols),
            (CURLOPT_PROXY, hook.proxy?.reveal() ?? ""), (CURLOPT_NOPROXY, ""),
            (CURLOPT_USERAGENT, "lorad"), (CURLOPT_COPYPOSTFIELDS, body),
        ]
        let codes =
            numbers.map { lorad_curl_set_long(handle, $0.0, $0.1) }
            + texts.map { lorad_curl_set_text(handle, $0.0, $0.1) }
        return codes.allSatisfy { $0 == CURLE_OK }
    }

    /// The address that the URL's host spells out; nil for a name.
    private var literalAddress: [UInt8]? {
        guard let host = URLComponents(string: hook.url.reveal())?.host else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = Int(lorad_literal_address(host.trimmingCharacters(in: ["[", "]"]), &bytes))
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }
}
