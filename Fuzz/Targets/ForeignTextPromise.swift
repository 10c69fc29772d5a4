import Foundation

/// What `ForeignText` promises, said in other words than it is kept in.
package enum ForeignTextPromise {
    /// No character that controls a terminal, breaks a line (unless `lines`), turns a direction or cannot be seen.
    ///
    /// - Throws: `FuzzViolation` with the place where one stands.
    package static func requireVisible(_ text: String, lines: Bool = false, in sink: String) throws {
        let scalars = Array(text.unicodeScalars)
        let isRightToLeft = scalars.contains {
            (0x0590...0x08FF).contains($0.value) || (0xFB1D...0xFEFC).contains($0.value)
                || (0x10800...0x10FFF).contains($0.value) || (0x1E800...0x1EFFF).contains($0.value)
        }
        for (index, scalar) in scalars.enumerated() {
            let before = index > 0 ? scalars[index - 1].value : 0
            let isHidden =
                switch scalar.value {
                case 0x09, 0x0A: !lines
                case 0...0x1F, 0x7F...0x9F: true
                case 0xAD, 0x034F, 0x115F, 0x1160, 0x180E, 0x200B, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFEFF,
                    0xFFA0,
                    0xFFF9...0xFFFB, 0xFFFE, 0xFFFF:
                    true
                case 0x200C, 0x200D: before < 0x0590
                case 0x061C, 0x200E, 0x200F: !isRightToLeft
                case 0xE0000...0xE007F: before != 0x1F3F4 && !(0xE0020...0xE007E).contains(before)
                default: false
                }
            try require(
                !isHidden, "\(sink) shows U+\(String(scalar.value, radix: 16)) at \(index) of \(text.debugDescription)")
        }
    }

    /// Nothing that a chat or a renderer of Markdown makes a link, an image, a mention, HTML or an emphasis of, outside of
    /// code.
    package static func requireUnmarked(_ markdown: String, in sink: String) throws {
        let rest = outsideCode(markdown)
        for mark in ["://", "www.", "@", "<"] {
            // By bytes: an accent makes another character of a mark, and none to whoever renders it.
            try require(
                !rest.utf8.contains(mark.utf8), "\(sink) has \(mark) outside of code in \(markdown.debugDescription)")
        }
        let scalars = Array(rest.unicodeScalars)
        for (index, scalar) in scalars.enumerated() where "`*_[]|#~$".unicodeScalars.contains(scalar) {
            var slashes = 0
            while slashes < index, scalars[index - 1 - slashes] == "\\" { slashes += 1 }
            try require(
                slashes % 2 == 1, "\(sink) has \(scalar) that marks something up in \(markdown.debugDescription)")
        }
    }

    /// A line without its code spans, by https://spec.commonmark.org/0.31.2/#code-spans: a run of back quotes ends at the
    /// next one of the same length; one behind a backslash begins none.
    package static func outsideCode(_ line: String) -> String {
        let scalars = Array(line.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        func run(at place: Int) -> Int { scalars[place...].prefix { $0 == "`" }.count }
        while index < scalars.count {
            if scalars[index] == "\\", index + 1 < scalars.count {
                result.append(contentsOf: scalars[index...(index + 1)])
                index += 2
            } else if scalars[index] == "`" {
                let length = run(at: index)
                var end = index + length
                while end < scalars.count {
                    let found = scalars[end] == "`" ? run(at: end) : 0
                    if found == length { break }
                    end += max(1, found)
                }
                guard end < scalars.count else {
                    result.append(contentsOf: scalars[index..<(index + length)])
                    index += length
                    continue
                }
                index = end + length
            } else {
                result.append(scalars[index])
                index += 1
            }
        }
        return String(result)
    }
}
