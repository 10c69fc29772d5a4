/// What a client of the monitor may take of the worker. Times in seconds.
///
/// Whoever has an account on this machine may connect, so nothing here rests on a client's good will.
package struct HTTPLimits: Sendable {
    /// Connections at one time. One more ends the one that has waited longest for its request: a client that means it
    /// sends all of it at once.
    package var connections: Int
    /// Bytes of a request's line and headers.
    package var headBytes: Int
    /// From the connection to the end of the request's head.
    package var requestTime: Double
    /// For taking the answer.
    package var answerTime: Double
    /// For hanging up after it.
    package var closeTime: Double
    /// How long nothing is accepted after the kernel had no descriptor or no memory for a connection.
    package var acceptPause: Double
    /// How long after a port could not be listened on that is tried again.
    package var listenPause: Double

    package init(
        connections: Int = 32, headBytes: Int = 8_192, requestTime: Double = 5, answerTime: Double = 10,
        closeTime: Double = 1, acceptPause: Double = 1, listenPause: Double = 10
    ) {
        self.connections = connections
        self.headBytes = headBytes
        self.requestTime = requestTime
        self.answerTime = answerTime
        self.closeTime = closeTime
        self.acceptPause = acceptPause
        self.listenPause = listenPause
    }
}
