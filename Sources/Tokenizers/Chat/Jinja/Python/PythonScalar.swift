/// Characters as Python's `str` classifies them.
extension Unicode.Scalar {
    /// `str.isspace`, and `\s` of `re`.
    var isPythonSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }

    /// What `splitlines` breaks at.
    var isLineBreak: Bool {
        switch value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    var isASCIIDigit: Bool { (0x30...0x39).contains(value) }

    /// `\w` of `re`.
    var isWordPart: Bool { self == "_" || isAlphanumeric }

    /// `str.isalpha`
    var isLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    /// `str.isalnum`
    var isAlphanumeric: Bool { isLetter || properties.numericType != nil }

    /// `str.isprintable`
    var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }

    /// The digit's value; nil where it is none of this base.
    func digitValue(base: Int) -> Int? {
        let digit: Int
        switch value {
        case 0x30...0x39: digit = Int(value) - 0x30
        case 0x41...0x5A: digit = Int(value) - 0x41 + 10
        case 0x61...0x7A: digit = Int(value) - 0x61 + 10
        default: return nil
        }
        return digit < base ? digit : nil
    }

    /// As it stands where it can be printed, else as Python escapes it in `repr`.
    func escaped(asASCII: Bool) -> String {
        if asASCII ? (0x20..<0x7F).contains(value) : isPrintable { return String(self) }
        let digits = String(value, radix: 16)
        func padded(_ count: Int) -> String { String(repeating: "0", count: max(0, count - digits.count)) + digits }
        if value < 0x100 { return "\\x" + padded(2) }
        return value < 0x10000 ? "\\u" + padded(4) : "\\U" + padded(8)
    }
}

extension String {
    init(scalars: some Sequence<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }

    /// Code points, by which Python counts.
    var scalars: [Unicode.Scalar] { Array(unicodeScalars) }

    /// What messages show of it.
    var shortened: String { String(scalars: unicodeScalars.prefix(40)) }

    /// Equal bytes; Swift's `==` takes two spellings of `é` for one.
    func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
