import Digests
import Foundation
import Training

/// A file of tokenized rows that an earlier job left, as far as the sum of its bytes, which is added here: what made it
/// may have been led astray, and sums up whatever it wrote.
package struct TokenizedRowsTarget: FuzzTarget {
    package static let name = "tokenized-rows"

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        let sum = Hexadecimal.bytes(SHA256.hexadecimal(of: Data(bytes))) ?? []
        let path = try scratch.write(bytes + sum, as: "rows")
        guard let file = try accepted({ try TokenizedFile(path) }) else { return }
        try require(file.lines.count == file.notes.rows, "\(file.lines.count) rows of \(file.notes.rows)")
        try require(file.labels.isEmpty || file.labels.count == file.lines.count, "labels of other rows")
        for label in file.labels { _ = label.plain }
        var seen = 0
        try file.forEach { place, _ in
            try require(place == seen, "row \(place) after \(seen) rows")
            seen += 1
        }
        try require(seen == file.lines.count, "\(seen) rows of \(file.lines.count)")
        let examples = try file.examples(at: 0..<seen)
        for place in 0..<examples.count {
            let example = try examples[place]
            let labels = example.labelPositions
            try require(
                !labels.isEmpty && zip(labels, labels.dropFirst()).allSatisfy { $0 < $1 }, "labels out of order")
            // What is classified is so by a token of its own; else each label has a token behind it.
            let isClassified = !file.labels.isEmpty
            try require(
                (labels.last ?? 0) + (isClassified ? 0 : 1) < example.tokens.count, "a label without its token")
            try require(!isClassified || labels.count == 1, "\(labels.count) labels of a row that is classified")
            try require(
                isClassified || (labels.last ?? 0) + 1 <= file.mostFed, "more tokens are fed than the file says")
            try require(!isClassified || example.tokens.count <= file.mostFed, "more is fed than the file says")
            try require(
                example.tokenTypes.isEmpty || example.tokenTypes.count == example.tokens.count, "types of other tokens")
            try require((example.tokens.max() ?? 0) <= file.highestToken, "a token above the highest")
        }
    }
}
