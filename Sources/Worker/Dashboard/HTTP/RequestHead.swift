/// A request's line and headers, https://www.rfc-editor.org/rfc/rfc9112, as far as a server needs them that answers GET
/// and HEAD of a few paths and then hangs up.
package struct RequestHead: Equatable, Sendable {
    package let method: String
    /// What is asked for, without the query.
    package let path: String
    /// The value of `Host`; nil where there is none.
    package let host: String?

    /// What bytes that have come so far amount to.
    package enum Reading: Equatable, Sendable {
        /// The empty line that ends a head has not come.
        case incomplete
        case head(RequestHead)
        /// No request that can be answered.
        case refused(HTTPStatus)
    }

    /// Reads what a client sent.
    ///
    /// - Parameters:
    ///   - bytes: everything since the connection was made.
    ///   - limit: the most bytes of a head; more of them are refused, whole or not.
    package static func read(_ bytes: [UInt8], limit: Int) -> Reading {
        guard let lines = lines(bytes.prefix(limit)) else {
            return bytes.count < limit ? .incomplete : .refused(.headersTooLarge)
        }
        let first = lines[0].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard first.count == 3, let method = token(first[0]), let target = visible(first[1]),
            let version = visible(first[2]), version.hasPrefix("HTTP/")
        else { return .refused(.badRequest) }
        guard version == "HTTP/1.1" || version == "HTTP/1.0" else { return .refused(.versionNotSupported) }
        guard target.hasPrefix("/"), let hosts = hosts(lines.dropFirst()), hosts.count <= 1 else {
            return .refused(.badRequest)
        }
        let path = target.prefix { $0 != "?" && $0 != "#" }
        return .head(RequestHead(method: method, path: String(path), host: hosts.first))
    }

    /// The lines of a whole head, without their ends; nil where its end has not come. A line may end with LF alone.
    private static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        var lines: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let isLong = end > start && bytes[end - 1] == UInt8(ascii: "\r")
            let line = bytes[start..<(isLong ? end - 1 : end)]
            // The first line is the request's, empty or not.
            if line.isEmpty, !lines.isEmpty { return lines }
            lines.append(line)
            start = end + 1
        }
        return nil
    }

    /// The values of all `Host` headers; nil where a line is no header.
    private static func hosts(_ lines: ArraySlice<ArraySlice<UInt8>>) -> [String]? {
        var hosts: [String] = []
        for line in lines {
            // A line that begins with white space would go on with the one before: nobody has sent that for decades, and
            // two readers of it may disagree.
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), let name = token(line[..<colon]),
                let value = text(line[(colon + 1)...])
            else { return nil }
            if name.lowercased() == "host" { hosts.append(value) }
        }
        return hosts
    }

    /// A method or a header's name: RFC 9110's `token`.
    private static func token(_ bytes: ArraySlice<UInt8>) -> String? {
        let others = Array("!#$%&'*+-.^_`|~".utf8)
        let isToken = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: others.contains(byte)
            }
        }
        return isToken && !bytes.isEmpty ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// Visible ASCII, at least one character of it.
    private static func visible(_ bytes: ArraySlice<UInt8>) -> String? {
        let isVisible = bytes.allSatisfy { (0x21...0x7E).contains($0) }
        return isVisible && !bytes.isEmpty ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// A header's value without white space around it; nil with a control character in it.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        guard bytes.allSatisfy({ isBlank($0) || $0 > 0x20 && $0 != 0x7F }) else { return nil }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
