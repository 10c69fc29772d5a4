import Foundation

/// What `body` returns, on a thread of its own: it may wait for an executor, and the tests' threads are the very pool that
/// an executor works on.
package func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: body()) }.start()
    }
}
