import ForeignText

/// Markup that is safe to put in a page. A text interpolated into it is escaped; only other `HTML` goes in as it is. The
/// result is well-formed XML as well, so it can be checked by a parser.
struct HTML: ExpressibleByStringInterpolation, Sendable {
    let markup: String

    init(stringLiteral value: String) {
        markup = value
    }

    init(stringInterpolation: Interpolation) {
        markup = stringInterpolation.markup
    }

    /// Parts one after the other.
    init(joining parts: [HTML]) {
        markup = parts.map(\.markup).joined()
    }

    struct Interpolation: StringInterpolationProtocol {
        var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            markup += literal
        }

        mutating func appendInterpolation(_ html: HTML) {
            markup += html.markup
        }

        mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { markup += part.markup }
        }

        mutating func appendInterpolation(_ text: String) {
            markup += ForeignText.forHTML(text)
        }

        mutating func appendInterpolation(_ number: Int) {
            markup += String(number)
        }

        mutating func appendInterpolation(_ coordinate: Coordinate) {
            markup += coordinate.text
        }
    }
}

/// A number in a drawing, with two decimals at most.
struct Coordinate: ExpressibleByFloatLiteral, Sendable {
    let text: String

    init(_ value: Double) {
        let hundredths = value.isFinite ? (value * 100).rounded() : 0
        let bounded = Int(min(max(hundredths, -1e9), 1e9))
        let (whole, rest) = (abs(bounded) / 100, abs(bounded) % 100)
        let sign = bounded < 0 ? "-" : ""
        switch rest {
        case 0: text = "\(sign)\(whole)"
        case let rest where rest % 10 == 0: text = "\(sign)\(whole).\(rest / 10)"
        case let rest where rest < 10: text = "\(sign)\(whole).0\(rest)"
        default: text = "\(sign)\(whole).\(rest)"
        }
    }

    init(floatLiteral value: Double) {
        self.init(value)
    }
}
