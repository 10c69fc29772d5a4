/// Which characters of a text a reader does not see, or sees in another place than they stand.
enum Visible {
    /// What becomes of line breaks and tabs.
    enum Layout {
        /// They are spaces.
        case oneLine
        /// Line feeds and tabs stay; other breaks are hidden characters like any other.
        case lines
    }

    /// `text` with `mark` in the place of every hidden scalar.
    static func scalars(
        _ text: String, layout: Layout, mark: (Unicode.Scalar) -> String
    ) -> String.UnicodeScalarView {
        var result = String.UnicodeScalarView()
        let isRightToLeft = text.unicodeScalars.contains(where: isRightToLeft)
        var context = Context(isRightToLeft: isRightToLeft)
        for scalar in text.unicodeScalars {
            // What is hidden is shown as a mark, and nothing joins on to that.
            var isHidden = false
            defer { context.previous = isHidden ? 0 : scalar.value }
            if isLayout(scalar) {
                if layout == .oneLine {
                    // A carriage return and its line feed are one break.
                    if scalar != "\n" || context.previous != 0x0D { result.append(" ") }
                    continue
                } else if scalar == "\n" || scalar == "\t" {
                    result.append(scalar)
                    continue
                }
            }
            isHidden = context.hides(scalar)
            if isHidden {
                result.append(contentsOf: mark(scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return result
    }

    /// Whether a text of this script is written from right to left.
    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0590...0x08FF: scalar.value != 0x061C
        case 0xFB1D...0xFDCF, 0xFDF0...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }

    private static func isLayout(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}

/// What stands before a scalar, upon which some hidden ones have their use.
private struct Context {
    /// Whether the text holds a letter of a right-to-left script.
    let isRightToLeft: Bool
    var previous: UInt32 = 0
    /// Tags since a black flag: a region takes five and an end.
    private var tags = 0

    init(isRightToLeft: Bool) { self.isRightToLeft = isRightToLeft }

    mutating func hides(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if (0x20...0x7E).contains(value) { return false }
        switch value {
        case 0x200C, 0x200D:
            // Scripts that join their letters, and emoji, are spelt with them.
            return !Self.joins(previous)
        case 0x200E, 0x200F, 0x061C:
            // They move nothing beside themselves; only text that runs both ways needs them.
            return !isRightToLeft
        case 0xFE00...0xFE0F:
            return !Self.varies(previous)
        case 0xE0100...0xE01EF:
            return !Self.isIdeograph(previous)
        case 0xE0020...0xE007F:
            // The flags of England, Scotland and Wales.
            tags = previous == 0x1F3F4 ? 1 : (0xE0020...0xE007E).contains(previous) && tags > 0 ? tags + 1 : 0
            return !(1...6).contains(tags)
        default: return Self.isHidden(scalar)
        }
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Signs that stand before numbers and are seen, although Unicode calls them formats.
        case 0x0600...0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD: return false
        // Fillers and joiners that are letters or marks to Unicode, and are not seen.
        case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return scalar.properties.isNoncharacterCodePoint
        }
    }

    private static func joins(_ value: UInt32) -> Bool {
        switch value {
        case 0x0590...0x061B, 0x061D...0x180A, 0x1810...0x1DFF, 0x2190...0x27FF, 0x2900...0x2BFF, 0x3030, 0x303D,
            0x3297, 0x3299, 0xA800...0xABFF, 0xFB1D...0xFDCF, 0xFDF0...0xFDFF, 0xFE70...0xFEFC, 0x10A00...0x10A5F,
            0x11000...0x11FFF, 0x1E900...0x1E95F, 0x1F000...0x1FAFF:
            true
        // Of an emoji that is asked for by it.
        case 0xFE0F: true
        default: false
        }
    }

    /// Whether a variation selector says how this one is drawn.
    private static func varies(_ value: UInt32) -> Bool {
        switch value {
        // Keycaps.
        case 0x23, 0x2A, 0x30...0x39: true
        case 0xA9, 0xAE, 0x1000...0x109F, 0x1820...0x18AA, 0x203C, 0x2049, 0x2100...0x2BFF, 0x3000...0x30FF,
            0x3297, 0x3299, 0xA840...0xA87F, 0xFF00...0xFF60, 0x10AC0...0x10AFF, 0x1F000...0x1FAFF:
            true
        default: isIdeograph(value)
        }
    }

    private static func isIdeograph(_ value: UInt32) -> Bool {
        switch value {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: true
        default: false
        }
    }
}
