import CCurl
import Foundation

/// One request: its libcurl handle, and what libcurl's callbacks need to know and leave behind. They run on the thread
/// that drives the handle.
final class Transfer {
    /// How a request ended.
    struct Ending {
        let outcome: PostOutcome
        /// Seconds for which the service asked to be left alone, where it succeeded and said so.
        let pause: Double
    }

    let handle: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private let permits: @Sendable ([UInt8]) -> Bool
    private var received = 0
    private var sawRefusedAddress = false
    /// More answer came than is wanted.
    private var sawTooMuch: Bool { received > WebhookPost.answerLimit }

    /// - Parameter permits: whether an IP address, 4 or 16 bytes in network order, may be connected to.
    init?(headers lines: [String], permits: @escaping @Sendable ([UInt8]) -> Bool) {
        guard Self.isLibraryReady, let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.permits = permits
        for line in lines { headers = curl_slist_append(headers, line) ?? headers }
        guard lorad_curl_set_list(handle, CURLOPT_HTTPHEADER, headers) == CURLE_OK, install() else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
    }

    /// The handle keeps an unowned reference: it dies with this object.
    private func install() -> Bool {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let codes = [
            lorad_curl_set_sink(handle, CURLOPT_WRITEFUNCTION, discard),
            lorad_curl_set_context(handle, CURLOPT_WRITEDATA, context),
            lorad_curl_set_sink(handle, CURLOPT_HEADERFUNCTION, discard),
            lorad_curl_set_context(handle, CURLOPT_HEADERDATA, context),
            lorad_curl_set_open_socket(handle, openSocket),
            lorad_curl_set_context(handle, CURLOPT_OPENSOCKETDATA, context),
        ]
        return codes.allSatisfy { $0 == CURLE_OK }
    }

    /// Runs the request on the calling thread.
    func perform() -> Ending { ending(curl_easy_perform(handle)) }

    /// What a finished request came to. Its words hold no URL.
    func ending(_ code: CURLcode) -> Ending {
        var status = 0
        lorad_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        // The status line has come; that more followed than was wanted does not change the answer.
        if code == CURLE_OK || sawTooMuch, status >= 200 {
            let wait = header("Retry-After").flatMap { RetryAfter.seconds($0, now: Date()) }
            return Ending(outcome: .answered(status: status, retryAfter: wait), pause: requestedPause)
        }
        if sawRefusedAddress { return Ending(outcome: .failed(Self.refusedAddress), pause: 0) }
        let reason = "the request failed: " + String(cString: curl_easy_strerror(code))
        return Ending(outcome: .failed(reason), pause: 0)
    }

    static let refusedAddress = "its host has a private, loopback or link-local address, which is not allowed"

    /// Discord's rate limit, https://discord.com/developers/docs/topics/rate-limits#header-format.
    private var requestedPause: Double {
        guard header("X-RateLimit-Remaining") == "0", let text = header("X-RateLimit-Reset-After"),
            let seconds = Double(text), seconds > 0
        else { return 0 }
        return min(seconds, 60)
    }

    private func header(_ name: String) -> String? {
        var header: UnsafeMutablePointer<curl_header>?
        guard curl_easy_header(handle, name, 0, UInt32(CURLH_HEADER), -1, &header) == CURLHE_OK else { return nil }
        return header.map { String(cString: $0.pointee.value) }
    }

    fileprivate static func from(_ context: UnsafeMutableRawPointer?) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
    }

    /// Counts what came; false to break the transfer off.
    fileprivate func accept(_ count: Int) -> Bool {
        received += count
        return !sawTooMuch
    }

    fileprivate func mayConnect(to address: [UInt8]) -> Bool {
        if permits(address) { return true }
        sawRefusedAddress = true
        return false
    }

    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}

private func discard(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    Transfer.from(context).accept(size * count) ? size * count : 0
}

private func openSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let address else { return -1 }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = Int(lorad_curl_address(address, &bytes))
    guard count > 0, Transfer.from(context).mayConnect(to: Array(bytes.prefix(count))) else { return -1 }
    return lorad_curl_socket(address)
}
