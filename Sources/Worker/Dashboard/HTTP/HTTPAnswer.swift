/// The statuses that the monitor answers with.
package enum HTTPStatus: Int, Sendable {
    case ok = 200
    case badRequest = 400
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case requestTimeout = 408
    case headersTooLarge = 431
    case internalServerError = 500
    case serviceUnavailable = 503
    case versionNotSupported = 505

    var reason: String {
        switch self {
        case .ok: "OK"
        case .badRequest: "Bad Request"
        case .forbidden: "Forbidden"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .requestTimeout: "Request Timeout"
        case .headersTooLarge: "Request Header Fields Too Large"
        case .internalServerError: "Internal Server Error"
        case .serviceUnavailable: "Service Unavailable"
        case .versionNotSupported: "HTTP Version Not Supported"
        }
    }
}

/// One answer, after which the connection ends.
package struct HTTPAnswer: Equatable, Sendable {
    package let status: HTTPStatus
    package let type: String
    package let body: String

    package init(_ status: HTTPStatus, _ body: String, type: String = "text/plain; charset=utf-8") {
        self.status = status
        self.type = type
        self.body = body
    }

    /// As it is sent; `withBody` is false for HEAD.
    func bytes(withBody: Bool = true) -> [UInt8] {
        let allow = status == .methodNotAllowed ? "Allow: GET, HEAD\r\n" : ""
        let head =
            "HTTP/1.1 \(status.rawValue) \(status.reason)\r\nContent-Type: \(type)\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\(allow)Connection: close\r\n\r\n"
        return Array(head.utf8) + (withBody ? Array(body.utf8) : [])
    }
}
