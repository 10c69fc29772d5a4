import ForeignText

/// Markup that is safe to put in a page. A text interpolated into it is escaped; only other `HTML` goes in as it is. The
/// result is well-formed XML as well, so it can be checked by a parser.
package struct HTML: ExpressibleByStringInterpolation, Sendable {
    package let markup: String

    package init(stringLiteral value: String) {
        markup = value
    }

    package init(stringInterpolation: Interpolation) {
        markup = stringInterpolation.markup
    }

    /// Parts one after the other.
    package init(joining parts: [HTML]) {
        markup = parts.map(\.markup).joined()
    }

    package struct Interpolation: StringInterpolationProtocol {
        package var markup = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            markup += literal
        }

        package mutating func appendInterpolation(_ html: HTML) {
            markup += html.markup
        }

        package mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { markup += part.markup }
        }

        package mutating func appendInterpolation(_ text: String) {
            markup += ForeignText.forHTML(text)
        }

        package mutating func appendInterpolation(_ number: Int) {
            markup += String(number)
        }

        package mutating func appendInterpolation(_ coordinate: Coordinate) {
            markup += coordinate.text
        }
    }
}

/// A number in a drawing, with two decimals at most.
package struct Coordinate: ExpressibleByFloatLiteral, Sendable {
    package let text: String

    package init(_ value: Double) {
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

    package init(floatLiteral value: Double) {
        self.init(value)
    }
}
