/// Bounds of a number; nil on a side means none.
struct NumberBounds: Sendable {
    var atLeast: Double?
    var above: Double?
    var atMost: Double?
    var below: Double?

    func holds(_ number: Double) -> Bool {
        number.isFinite && number >= atLeast ?? -.infinity && number > above ?? -.infinity
            && number <= atMost ?? .infinity && number < below ?? .infinity
    }

    /// `≥ 0, < 1`, for the reference.
    var symbols: String {
        [("≥", atLeast), (">", above), ("≤", atMost), ("<", below)]
            .compactMap { sign, bound in bound.map { "\(sign) \(Self.text($0))" } }
            .joined(separator: ", ")
    }

    /// `at least 0 and below 1`, for messages.
    var words: String {
        [("at least", atLeast), ("above", above), ("at most", atMost), ("below", below)]
            .compactMap { word, bound in bound.map { "\(word) \(Self.text($0))" } }
            .joined(separator: " and ")
    }

    static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}

extension Kind where Value == Int {
    /// A whole number within `range`; `example` stands in the message.
    static func integer(_ range: ClosedRange<Int>, example: Int) -> Kind<Int> {
        let hasTop = range.upperBound < Int.max
        let bounds = NumberBounds(
            atLeast: Double(range.lowerBound), atMost: hasTop ? Double(range.upperBound) : nil)
        return Kind(
            type: "whole number \(bounds.symbols)",
            expectation: "a whole number, such as \(example)",
            read: { node, context, path in
                guard case .integer(let value) = node.scalar?.value else {
                    context.diagnostics.add(
                        node.position,
                        "\(path) is \(Shown.kind(of: node)); expected a whole number \(bounds.words), such as \(example)"
                    )
                    return nil
                }
                guard range.contains(value) else {
                    context.diagnostics.add(node.position, "\(path) is \(value); it must be \(bounds.words)")
                    return nil
                }
                return value
            },
            write: { YAMLNode(.scalar(YAMLScalar(text: "\($0)", value: .integer($0)))) })
    }
}

extension Kind where Value == Double {
    /// A finite number within `bounds`.
    static func number(_ bounds: NumberBounds, example: String) -> Kind<Double> {
        let limits = bounds.words.isEmpty ? "" : " \(bounds.words)"
        return Kind(
            type: bounds.symbols.isEmpty ? "number" : "number \(bounds.symbols)",
            expectation: "a number\(limits), such as \(example)",
            read: { node, context, path in
                let value: Double
                switch node.scalar?.value {
                case .integer(let integer): value = Double(integer)
                case .number(let number): value = number
                default:
                    context.diagnostics.add(
                        node.position,
                        "\(path) is \(Shown.kind(of: node)); expected a number\(limits), such as \(example)")
                    return nil
                }
                guard bounds.holds(value) else {
                    let demand = value.isFinite ? bounds.words : "a finite number\(limits)"
                    let shown = Shown.shortened(node.scalar?.text ?? "")
                    context.diagnostics.add(node.position, "\(path) is \(shown); it must be \(demand)")
                    return nil
                }
                return value
            },
            write: { YAMLNode(.scalar(YAMLScalar(plain: NumberBounds.text($0)))) })
    }
}

extension Kind where Value == Bool {
    /// `true` or `false`; YAML 1.2 knows no other spelling.
    static var boolean: Kind<Bool> {
        Kind(type: "true or false", expectation: "true or false") { node in
            if case .boolean(let value) = node.scalar?.value { value } else { nil }
        } write: {
            YAMLNode(.scalar(YAMLScalar(plain: "\($0)")))
        }
    }
}
