/// The bytes of a text once they are known to be what the parser may see: bounded UTF-8 without NUL.
struct YAMLText {
    let bytes: [UInt8]
    let file: String

    /// Checks size and encoding; nil, with the reason in `diagnostics`, where they are not right.
    init?(_ raw: [UInt8], file: String, limits: YAMLLimits, diagnostics: inout DiagnosticList) {
        let start = SourcePosition(file: file, line: 1, column: 1)
        guard raw.count <= limits.bytes else {
            diagnostics.add(start, "the file has over \(limits.bytes) bytes, more than any manifest needs")
            return nil
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        bytes = raw.starts(with: mark) ? Array(raw.dropFirst(mark.count)) : raw
        self.file = file
        guard let (offset, message) = Self.firstFault(bytes) ?? Self.directivesFault(bytes) else { return }
        diagnostics.add(position(ofByte: offset), message)
        return nil
    }

    /// Line and column of a byte.
    func position(ofByte offset: Int) -> SourcePosition {
        let before = bytes.prefix(offset)
        let isBreak = { (byte: UInt8) in byte == UInt8(ascii: "\n") }
        let lineStart = before.lastIndex(where: isBreak).map { $0 + 1 } ?? 0
        let line = before.count(where: isBreak) + 1
        let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
        return SourcePosition(file: file, line: line, column: column)
    }

    /// The first byte that may not stand in a manifest, and why.
    private static func firstFault(_ bytes: [UInt8]) -> (offset: Int, message: String)? {
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .emptyInput: return nil
            case .error: return (offset, "the file is not UTF-8 text; save it as UTF-8")
            case .valid(let units):
                let scalar = Unicode.UTF8.decode(units)
                if let message = refusal(of: scalar) { return (offset, message) }
                offset += units.count
            }
        }
    }

    /// libyaml compares each %TAG directive with all before it: a file of nothing else takes it over ten seconds.
    private static func directivesFault(_ bytes: [UInt8], limit: Int = 16) -> (offset: Int, message: String)? {
        var count = 0
        for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
            guard index == 0 || bytes[index - 1] == UInt8(ascii: "\n") || bytes[index - 1] == UInt8(ascii: "\r") else {
                continue
            }
            count += 1
            if count > limit { return (index, "over \(limit) lines start with %; a manifest needs no directives") }
        }
        return nil
    }

    private static func refusal(of scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0: "the file holds a NUL character; a manifest is plain text"
        // YAML 1.2 no longer counts these as line breaks and libyaml still does: its lines would not be the editor's.
        case 0x85, 0x2028, 0x2029:
            "the line separator U+\(String(scalar.value, radix: 16, uppercase: true)) is not allowed; "
                + "use a plain line break, or an escape in double quotes"
        default: nil
        }
    }
}
