/// Layers from one to another, counted from 0: `3`, or `4-7` with both ends.
package struct LayerRange: Sendable, Equatable {
    package let layers: ClosedRange<Int>

    package init(_ layers: ClosedRange<Int>) { self.layers = layers }

    /// As a manifest writes it.
    package var text: String {
        layers.count == 1 ? "\(layers.lowerBound)" : "\(layers.lowerBound)-\(layers.upperBound)"
    }

    /// No model has more.
    private static let highest = 99_999

    fileprivate init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        let isNumeric = ends.allSatisfy { end in
            (1...5).contains(end.count) && end.allSatisfy { $0.isASCII && $0.isNumber }
        }
        let numbers = ends.compactMap { Int($0) }
        guard isNumeric, (1...2).contains(numbers.count), numbers[0] <= numbers[numbers.count - 1],
            numbers[numbers.count - 1] <= Self.highest
        else { return nil }
        layers = numbers[0]...numbers[numbers.count - 1]
    }
}

extension Kind where Value == LayerRange {
    /// A layer's number, or a range of them.
    static var layers: Kind<LayerRange> {
        Kind(
            type: "whole number or range `4-7`", expectation: "a layer's number, or a range such as 4-7",
            parse: { node in node.scalar.flatMap { LayerRange($0.text) } },
            write: { range in
                range.layers.count == 1
                    ? Kind<Int>.integer(0...Int.max, example: 0).write(range.layers.lowerBound)
                    : YAMLNode(.scalar(YAMLScalar(string: range.text)))
            })
    }
}
