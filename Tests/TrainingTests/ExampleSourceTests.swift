import Datasets
import Digests
import Foundation
import TestSupport
import Testing
import Tokenizers
import Training

@Suite("Sources of examples")
struct ExampleSourceTests {
    /// Rows of several lengths, among them ids that need four bytes and runs of labels with gaps.
    static let examples = [
        TokenizedExample(tokens: [1, 2, 3], labelPositions: [0, 1]),
        TokenizedExample(tokens: [70_000, 0, 65_535, 65_536, 9], labelPositions: [0, 2, 3]),
        TokenizedExample(tokens: Array(3..<400), labelPositions: Array(10..<20) + [30] + Array(40..<396)),
        TokenizedExample(tokens: [5, 6], labelPositions: [0]),
    ]

    /// A file of the examples, each followed by a row that is left out.
    static func file(_ folder: String, _ examples: [TokenizedExample] = examples) throws -> TokenizedFile {
        let path = folder + "/rows"
        try TokenizedFileWriter.write(to: path) { writer in
            for (place, example) in examples.enumerated() {
                var figures = RowFigures(length: example.tokens.count + 2)
                (figures.tokens, figures.labels) = (example.tokens.count, example.labelPositions.count)
                (figures.cutLabels, figures.doublesEnd) = (1, true)
                try writer.append(record("row \(place)", line: 2 * place + 1, figures), example)
                var dropped = RowFigures(length: 9)
                (dropped.isDropped, dropped.doublesBeginning) = (true, true)
                try writer.append(record("dropped \(place)", line: 2 * place + 2, dropped), nil)
            }
            return TokenizedFileNotes(recipe: "r", sha256: "s", bytes: 7)
        }
        return try TokenizedFile(path)
    }

    /// Rows that are classified, of a name, a number and a value, with types of tokens and without; one is left out.
    private static func labelled(_ folder: String) throws -> TokenizedFile {
        let path = folder + "/rows"
        try TokenizedFileWriter.write(to: path) { writer in
            var labels = LabelColumn()
            for (place, label) in classes.enumerated() {
                let example = place == 1 ? nil : classified(place, nil)
                var figures = RowFigures(length: example?.tokens.count ?? 9)
                (figures.tokens, figures.labels) = (example?.tokens.count ?? 0, example == nil ? 0 : 1)
                figures.isDropped = example == nil
                var record = record("row \(place)", line: place + 1, figures)
                record.label = labels.append(label)
                try writer.append(record, example)
            }
            var notes = TokenizedFileNotes(recipe: "r", sha256: "s", bytes: 7)
            notes.labels = labels.names
            return notes
        }
        return try TokenizedFile(path)
    }

    private static let classes: [RowLabel] = [.name("good"), .number(-3), .value(0.25), .name("bad"), .name("good")]
    private static let targets: [SequenceTarget] = [.label(1), .label(0), .value(0.25), .label(0), .label(1)]

    private static func classified(_ place: Int, _ target: SequenceTarget?) -> TokenizedExample {
        let ids = Array(70_000..<(70_003 + place))
        let types = place == 3 ? [] : ids.indices.map { $0 < 2 ? 0 : 1 }
        return TokenizedExample(
            EncodedText(ids: ids, typeIDs: types), position: place == 2 ? 0 : ids.count - 1, target: target)
    }

    private static func record(_ text: String, line: Int, _ figures: RowFigures) -> RowRecord {
        RowRecord(input: RowDigest(text), whole: RowDigest(text + "!"), line: line, figures: figures, completion: 3)
    }

    /// What any source of these examples has to hold.
    private func conforms(_ source: any ExampleSource, _ expected: [TokenizedExample]) throws {
        #expect(source.count == expected.count)
        for (place, example) in expected.enumerated() {
            #expect(try source[place] == example)
            #expect(source.tokenCount(at: place) == example.tokens.count)
            #expect(source.labelCount(at: place) == example.labelPositions.count)
        }
        #expect(source.tokens() == expected.reduce(0) { $0 + $1.tokens.count })
        #expect(source.labels == expected.reduce(0) { $0 + $1.labelPositions.count })
        #expect(source.tokens(in: 1..<expected.count) == expected.dropFirst().reduce(0) { $0 + $1.tokens.count })
        var taken = [TokenizedExample(tokens: [1], labelPositions: [])]
        try source.take([expected.count - 1, 0, 0], into: &taken)
        #expect(taken == [expected[expected.count - 1], expected[0], expected[0]])
    }

    @Test("Arrays, files, and mixtures of both hold the same contract")
    func conformance() throws {
        try withTemporaryFolder { folder in
            let file = try Self.file(folder)
            let stored = try file.examples(at: 0..<file.lines.count)
            try conforms(Self.examples, Self.examples)
            try conforms(stored, Self.examples)
            let some = try file.examples(at: [2, 3, 6])
            try conforms(some, [Self.examples[1], Self.examples[3]])
            let none: [TokenizedExample] = []
            let mixed = MixedExamples([(none, 3), (Self.examples, 2), (none, 1), (stored, 1), (some, 3)])
            let others = [Self.examples[1], Self.examples[3]]
            try conforms(
                mixed, Self.examples + Self.examples + Self.examples + others + others + others)
            #expect(mixed.ranges == [0..<0, 0..<8, 8..<8, 8..<12, 12..<18])
        }
    }

    @Test("Rows that are classified come back with types, labels and targets")
    func classification() throws {
        try withTemporaryFolder { folder in
            let file = try Self.labelled(folder)
            #expect(Array(file.labels) == Self.classes)
            #expect(file.mostFed == 7 && file.highestToken == 70_006)
            let expected = [0, 2, 3, 4].map { Self.classified($0, Self.targets[$0]) }
            try conforms(try file.examples(at: 0..<5, targets: Self.targets), expected)
            try conforms(try file.examples(at: [3, 4], targets: Self.targets), Array(expected.suffix(2)))
        }
    }

    @Test("A file gives back what was said of each row, in order")
    func records() throws {
        try withTemporaryFolder { folder in
            let file = try Self.file(folder)
            #expect(file.lines == (1...8).map(UInt32.init))
            #expect(file.highestToken == 70_000 && file.mostFed == 396)
            #expect(file.notes.rows == 8 && file.notes.recipe == "r" && file.notes.sha256 == "s")
            var places: [Int] = []
            try file.forEach { place, record in
                places.append(place)
                let isLeftOut = place % 2 == 1
                #expect(record.input == RowDigest("\(isLeftOut ? "dropped" : "row") \(place / 2)"))
                #expect(record.figures.isDropped == isLeftOut && record.figures.doublesBeginning == isLeftOut)
                #expect(record.figures.doublesEnd != isLeftOut && record.completion == 3)
                let example = Self.examples[place / 2]
                #expect(record.figures.length == (isLeftOut ? 9 : example.tokens.count + 2))
                #expect(record.figures.labels == (isLeftOut ? 0 : example.labelPositions.count))
            }
            #expect(places == Array(0..<8))
        }
    }

    @Test("A file that is cut off anywhere, or of which a byte is another, is refused")
    func damaged() throws {
        try withTemporaryFolder { folder in
            _ = try Self.file(folder, Array(Self.examples.prefix(2)))
            let whole = try Data(contentsOf: URL(fileURLWithPath: folder + "/rows"))
            func isRefused(_ data: Data) throws -> Bool {
                try data.write(to: URL(fileURLWithPath: folder + "/damaged"))
                do { _ = try TokenizedFile(folder + "/damaged") } catch { return error is TrainingError }
                return false
            }
            for count in 0..<whole.count { #expect(try isRefused(whole.prefix(count)), "\(count) bytes") }
            for place in whole.indices {
                var other = whole
                other[place] ^= 0x21
                #expect(try isRefused(other), "byte \(place)")
            }
            #expect(try isRefused(whole + [0]))
        }
    }

    @Test(
        "A file whose sum holds and whose numbers lie is refused, or read within its bounds", arguments: [false, true])
    func lying(isLabelled: Bool) throws {
        try withTemporaryFolder { folder in
            _ = isLabelled ? try Self.labelled(folder) : try Self.file(folder, Array(Self.examples.prefix(2)))
            let whole = try Data(contentsOf: URL(fileURLWithPath: folder + "/rows"))
            let summed = whole.count - 32
            var refused = 0
            for place in 0..<summed {
                for byte in [0x00, 0xFF, whole[place] ^ 1, whole[place] &+ 1] where byte != whole[place] {
                    var other = whole.prefix(summed)
                    other[place] = byte
                    let path = folder + "/lying"
                    try (other + Data(sum(of: other))).write(to: URL(fileURLWithPath: path))
                    do {
                        let file = try TokenizedFile(path)
                        let examples = try file.examples(at: 0..<file.lines.count)
                        for index in 0..<examples.count {
                            let example = try examples[index]
                            #expect(example.tokens.allSatisfy { $0 >= 0 && $0 <= file.highestToken })
                            let positions = example.labelPositions
                            #expect(zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 })
                            let behind = isLabelled ? 0 : 1
                            #expect(positions.allSatisfy { $0 >= 0 && $0 + behind < example.tokens.count })
                            let types = example.tokenTypes
                            #expect(types.isEmpty || types.count == example.tokens.count)
                            #expect(!isLabelled || positions.count == 1)
                        }
                    } catch {
                        #expect(error is TrainingError, "byte \(place): \(error)")
                        refused += 1
                    }
                }
            }
            #expect(refused > 500, "\(refused)")
        }
    }

    private func sum(of data: Data) -> [UInt8] {
        var hash = SHA256()
        hash.update(data)
        return hash.finish()
    }

    @Test("A list of numbers sums as its text does")
    func sums() {
        for numbers in [[], [0], [7, 10, 99, 100, 1_234_567], [-1, .max, .min, 0]] as [[Int]] {
            var (text, list) = (FNV1a(), FNV1a())
            text.add("\(numbers)")
            list.add(numbers)
            #expect(text.hexadecimal == list.hexadecimal)
        }
    }
}
