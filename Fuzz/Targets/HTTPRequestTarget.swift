import Worker

/// What a client of the monitor sends before it is answered: any account of the machine may.
package struct HTTPRequestTarget: FuzzTarget {
    package static let name = "http-request"

    private static let limit = 512

    package init() throws {}

    package func check(_ bytes: [UInt8]) throws {
        let whole = RequestHead.read(bytes, limit: Self.limit)
        switch whole {
        case .incomplete:
            try require(bytes.count < Self.limit, "\(bytes.count) bytes and no end of it")
        case .refused(let status):
            try require((400...505).contains(status.rawValue), "refused with \(status)")
        case .head(let head):
            try require(!head.method.isEmpty && head.path.hasPrefix("/"), "\(head)")
            let text = head.method + head.path + (head.host ?? "")
            try require(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }, "\(head)")
            try require(text.utf8.count < 3 * Self.limit, "\(head)")
        }
        // However the bytes come in, piece by piece or with more behind them, the first that decide do.
        let pieces = inPieces(bytes)
        try require(whole == pieces, "in pieces it reads as \(pieces), at once as \(whole)")
        if case .head = whole {
            let longer = RequestHead.read(bytes + Array("X".utf8), limit: Self.limit)
            try require(longer == whole, "what follows changes it to \(longer)")
        }
    }

    private func inPieces(_ bytes: [UInt8]) -> RequestHead.Reading {
        for count in stride(from: 0, to: bytes.count, by: 7) {
            let reading = RequestHead.read(Array(bytes[..<count]), limit: Self.limit)
            if reading != .incomplete { return reading }
        }
        return RequestHead.read(bytes, limit: Self.limit)
    }
}
