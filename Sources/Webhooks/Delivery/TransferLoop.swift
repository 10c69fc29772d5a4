import CCurl
import Foundation
import OperatingSystem

/// Many requests on one thread: libcurl's multi interface, https://curl.se/libcurl/c/libcurl-multi.html.
///
/// All calls come from the thread that drives it; `wake` alone may come from any, see curl_multi_wakeup(3).
final class TransferLoop: @unchecked Sendable {
    private let multi: UnsafeMutableRawPointer
    /// By their handles.
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]

    /// Throws `.system` where libcurl does not start.
    init() throws {
        guard let multi = curl_multi_init() else { throw WorkerError(.system, "libcurl could not start.") }
        self.multi = multi
    }

    deinit {
        cancelAll()
        curl_multi_cleanup(multi)
    }

    /// Starts a request; false where libcurl does not take it.
    func start(_ transfer: Transfer) -> Bool {
        guard curl_multi_add_handle(multi, transfer.handle) == CURLM_OK else { return false }
        transfers[transfer.handle] = transfer
        return true
    }

    /// Goes on with all requests, waiting up to `seconds` for something to happen; returns those that ended.
    func run(seconds: Double) -> [(transfer: Transfer, ending: Transfer.Ending)] {
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        let early = takeEnded()
        if !early.isEmpty { return early }
        // Rounded up: a millisecond early would find nothing to do, again and again.
        curl_multi_poll(multi, nil, 0, Int32((seconds * 1_000).rounded(.up)), nil)
        curl_multi_perform(multi, &running)
        return takeEnded()
    }

    /// Ends a `run` that waits, or the next one.
    func wake() { curl_multi_wakeup(multi) }

    /// Breaks off one request, if it is under way.
    func cancel(_ transfer: Transfer) {
        guard transfers.removeValue(forKey: transfer.handle) != nil else { return }
        curl_multi_remove_handle(multi, transfer.handle)
    }

    /// Breaks off every request.
    func cancelAll() {
        for handle in transfers.keys { curl_multi_remove_handle(multi, handle) }
        transfers = [:]
    }

    private func takeEnded() -> [(transfer: Transfer, ending: Transfer.Ending)] {
        var ended: [(Transfer, Transfer.Ending)] = []
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let transfer = transfers.removeValue(forKey: handle)
            else { continue }
            // Read before the handle is removed: the message dies with it.
            let code = message.pointee.data.result
            curl_multi_remove_handle(multi, handle)
            ended.append((transfer, transfer.ending(code)))
        }
        return ended
    }
}
