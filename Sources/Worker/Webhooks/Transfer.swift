import CCurl
import Foundation

/// What libcurl's callbacks need to know and leave behind. They run on the thread of `curl_easy_perform`.
final class Transfer {
    private let allowPrivate: Bool
    private let shouldStop: @Sendable () -> Bool
    private var received = 0
    private(set) var sawRefusedAddress = false
    /// More answer came than is wanted.
    var sawTooMuch: Bool { received > WebhookPost.answerLimit }

    init(allowPrivate: Bool, shouldStop: @escaping @Sendable () -> Bool) {
        self.allowPrivate = allowPrivate
        self.shouldStop = shouldStop
    }

    /// The handle keeps an unowned reference: it must not outlive this object.
    func install(on handle: UnsafeMutableRawPointer) -> Bool {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let codes = [
            lorad_curl_set_sink(handle, CURLOPT_WRITEFUNCTION, discard),
            lorad_curl_set_context(handle, CURLOPT_WRITEDATA, context),
            lorad_curl_set_sink(handle, CURLOPT_HEADERFUNCTION, discard),
            lorad_curl_set_context(handle, CURLOPT_HEADERDATA, context),
            lorad_curl_set_progress(handle, pollStop),
            lorad_curl_set_context(handle, CURLOPT_XFERINFODATA, context),
            lorad_curl_set_open_socket(handle, openSocket),
            lorad_curl_set_context(handle, CURLOPT_OPENSOCKETDATA, context),
        ]
        return codes.allSatisfy { $0 == CURLE_OK }
    }

    fileprivate static func from(_ context: UnsafeMutableRawPointer?) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
    }

    /// Counts what came; false to break the transfer off.
    fileprivate func accept(_ count: Int) -> Bool {
        received += count
        return !sawTooMuch
    }

    fileprivate var isStopping: Bool { shouldStop() }

    fileprivate func permits(_ address: [UInt8]) -> Bool {
        if allowPrivate || AddressPolicy.isPublic(address) { return true }
        sawRefusedAddress = true
        return false
    }
}

private func discard(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    Transfer.from(context).accept(size * count) ? size * count : 0
}

private func pollStop(
    _ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> Int32 {
    Transfer.from(context).isStopping ? 1 : 0
}

private func openSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let address else { return -1 }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = Int(lorad_curl_address(address, &bytes))
    guard count > 0, Transfer.from(context).permits(Array(bytes.prefix(count))) else { return -1 }
    return lorad_curl_socket(address)
}
