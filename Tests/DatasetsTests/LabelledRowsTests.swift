import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Rows of the classification format")
struct LabelledRowsTests {
    private func rows(_ lines: [String], sliceBy: String? = nil) throws -> [LabelledRow] {
        try withTemporaryFolder { folder in
            let path = folder + "/data.jsonl"
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
            return try LabelledRows.read(path, sliceBy: sliceBy)
        }
    }

    private func message(_ body: () throws -> Void) -> String {
        let error = #expect(throws: DatasetsError.self) { try body() }
        return error?.message ?? ""
    }

    @Test("Text, pair, label and slice are read; other fields are let be")
    func fields() throws {
        let found = try rows(
            [
                #"{"text": "a", "text_pair": "b", "label": "yes", "domain": "x", "more": 1}"#,
                #"{"text": "c", "label": 2, "domain": 7}"#,
            ],
            sliceBy: "domain")
        #expect(found[0] == LabelledRow(line: 1, text: "a", pair: "b", label: .name("yes"), slice: "x"))
        #expect(found[1] == LabelledRow(line: 2, text: "c", label: .number(2), slice: "7"))
    }

    @Test("Every wrong row is named, with what was found and the closest field")
    func mistakes() {
        let found = message {
            _ = try rows([
                #"{"text": "a", "label": "x"}"#, #"{"txet": "a", "label": "x"}"#, #"{"text": "a"}"#,
                #"{"text": 1, "label": "x"}"#, #"{"text": "a", "label": true}"#, #"{"text": "a", "label": ""}"#,
            ])
        }
        for expected in [
            ":2: 'text' is missing; 'txet' was found.", ":3: 'label' is missing.",
            ":4: 'text' is an integer, a string was expected.", ":5: 'label' is a boolean;", ":6: the label is empty.",
        ] { #expect(found.contains(expected), "\(found)") }
        #expect(!found.contains(":1:"))
    }

    @Test("An empty file and a slice called all are refused")
    func refused() {
        #expect(message { _ = try rows([""]) }.hasSuffix("holds no rows."))
        #expect(message { _ = try rows([#"{"text": "a", "label": 1, "d": "all"}"#], sliceBy: "d") }.contains(":1: 'd'"))
    }
}

@Suite("Labels of sequences")
struct SequenceLabelsTests {
    private func rows(_ labels: [RowLabel]) -> [LabelledLine] {
        labels.enumerated().map { LabelledLine(line: $0 + 1, label: $1) }
    }

    private func message(_ body: () throws -> Void) -> String {
        let error = #expect(throws: DatasetsError.self) { try body() }
        return error?.message ?? ""
    }

    @Test("Names are sorted by bytes, numbers by size")
    func derived() throws {
        #expect(
            try SequenceLabels.of(rows([.name("b"), .name("a"), .name("B"), .name("a")]), "f")
                == .classes(["B", "a", "b"]))
        #expect(try SequenceLabels.of(rows([.number(10), .number(9)]), "f") == .classes(["9", "10"]))
    }

    @Test("A fraction anywhere makes it a regression, and so does the task")
    func regression() throws {
        let values = rows([.number(1), .value(2.5)])
        #expect(try SequenceLabels.of(values, "f") == .regression)
        #expect(try SequenceLabels.regression.targets(values, "f") == [.value(1), .value(2.5)])
        #expect(try SequenceLabels.of(rows([.number(1)]), "f", isRegression: true) == .regression)
    }

    @Test("1.0 is the class 1: among whole numbers, where classes are asked for, and in a list")
    func wholeValues() throws {
        let mixed = rows([.value(1), .number(0), .value(-0.0)])
        let labels = try SequenceLabels.of(mixed, "f")
        #expect(labels == .classes(["0", "1"]))
        #expect(try labels.targets(mixed, "f") == [.label(1), .label(0), .label(0)])
        #expect(try SequenceLabels.of(rows([.value(1), .value(0)]), "f", isRegression: false) == .classes(["0", "1"]))
        let named = try SequenceLabels.of(rows([.value(1)]), "f", names: ["no", "yes"])
        #expect(try named.targets(rows([.value(1), .value(0)]), "f") == [.label(1), .label(0)])
        // A file that is read later may write them either way.
        #expect(labels.target(.value(1)) == .label(1) && labels.target(.value(2)) == nil)
        #expect(labels.target(.value(0.5)) == nil && labels.target(.value(1e300)) == nil)
    }

    @Test("Labels that are all written 1.0 are classes or values: the manifest has to say which")
    func ambiguous() throws {
        let values = rows([.value(1), .value(0)])
        #expect(
            message { _ = try SequenceLabels.of(values, "f") }.contains("f:1: every label is a whole number written"))
        #expect(try SequenceLabels.of(values, "f", isRegression: true) == .regression)
    }

    @Test("With a list, names are looked up in it and numbers are places")
    func list() throws {
        let labels = try SequenceLabels.of(rows([.number(1), .name("no")]), "f", names: ["no", "yes"])
        #expect(
            try labels.targets(rows([.number(1), .name("no"), .number(0)]), "f") == [.label(1), .label(0), .label(0)])
    }

    @Test("A list of numbers is looked up by name, not by place")
    func numbers() throws {
        let labels = try SequenceLabels.of(rows([.number(1), .number(2)]), "f")
        #expect(try labels.targets(rows([.number(1), .number(2)]), "f") == [.label(0), .label(1)])
        #expect(labels.target(.number(0)) == nil)
    }

    @Test("A label that is no class is an error at its line, with the closest")
    func unknown() {
        let found = message {
            _ = try SequenceLabels.classes(["negative", "positive"]).targets(
                rows([.name("negative"), .name("postive"), .number(2)]), "d.jsonl")
        }
        #expect(
            found.contains(
                #"d.jsonl:2: the label "postive" is none of 'negative', 'positive'; did you mean 'positive'?"#))
        #expect(found.contains("d.jsonl:3: the label 2 is none of"))
    }

    @Test("Names and numbers together, one class alone, and names in a regression are refused")
    func refused() {
        #expect(message { _ = try SequenceLabels.of(rows([.name("a"), .number(1)]), "f") }.contains("mixed kinds"))
        #expect(message { _ = try SequenceLabels.of(rows([.name("a"), .value(1.5)]), "f") }.contains("f:1:"))
        #expect(message { _ = try SequenceLabels.of(rows([.name("a"), .name("a")]), "f") }.contains("two classes"))
        #expect(
            message { _ = try SequenceLabels.of(rows([.value(1.5)]), "f", isRegression: false) }.contains("f:1:"))
    }

    @Test("A column gives back the labels that it was given, a name's spelling kept once and byte by byte")
    func column() {
        let labels: [RowLabel] = [
            .name("b"), .number(3), .name("a"), .value(-0.5), .name("b"), .name("\u{e9}"), .name("e\u{301}"),
            .number(.min),
        ]
        var column = LabelColumn()
        let cells = labels.map { column.append($0) }
        let names = ["b", "a", "\u{e9}", "e\u{301}"]
        #expect(column.names.map { Array($0.utf8) } == names.map { Array($0.utf8) })
        for read in [column, LabelColumn(names: column.names, cells: cells)] {
            #expect(read.map(\.plain).map { Array($0.utf8) } == labels.map(\.plain).map { Array($0.utf8) })
            #expect(read.count == labels.count)
        }
        #expect(cells[0] == cells[4] && cells[5] != cells[6])
    }

    @Test("A pipe in place of a data file is refused, and not waited for")
    func pipe() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/data.jsonl"
            try #require(mkfifo(path, 0o600) == 0)
            #expect(message { _ = try LabelledRows.read(path, sliceBy: nil) }.contains("is not a regular file"))
        }
    }
}
