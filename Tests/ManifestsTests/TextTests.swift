import Foundation
import Manifests
import Testing

/// What may come in as a text at all, and what it may cost.
@Suite("Texts") struct TextTests {
    @Test("A byte order mark is skipped and moves no column")
    func byteOrderMark() {
        let text = "name: Bad Name\n" + shortest.split(separator: "\n").dropFirst().joined(separator: "\n")
        let plain = mistakes(text)
        #expect(plain.count == 1 && plain[0].hasPrefix("job.yaml:1:7:"))
        #expect(mistakes(bytes: [0xEF, 0xBB, 0xBF] + Array(text.utf8)) == plain)
    }

    @Test("CR LF line ends read like LF")
    func carriageReturns() throws {
        #expect(try load(shortest.replacing("\n", with: "\r\n")) == load(shortest))
    }

    @Test(
        "A byte that is not UTF-8 is refused at its place",
        arguments: [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0x80]])
    func encoding(bytes: [UInt8]) {
        #expect(
            mistakes(bytes: Array("name: ä".utf8) + bytes)
                == ["job.yaml:1:8: the file is not UTF-8 text; save it as UTF-8"])
    }

    @Test("UTF-16 is refused")
    func utf16() {
        #expect(mistakes(bytes: [0xFF, 0xFE] + Array("n\0a\0".utf8)).first?.contains("not UTF-8") == true)
    }

    @Test("NUL is refused, raw and escaped")
    func nul() {
        #expect(mistakes("name: a\0b") == ["job.yaml:1:8: the file holds a NUL character; a manifest is plain text"])
        #expect(
            mistakes(shortest + "evaluation: {data: \"a\\0b\"}")
                == ["job.yaml:4:20: the text holds a NUL character, which no value may"])
    }

    @Test("A control character is refused at its place")
    func control() {
        let found = mistakes("name: tiny\nbase: \u{7}")
        #expect(found.count == 1 && found[0].hasPrefix("job.yaml:2:7: not valid YAML"), "\(found)")
    }

    @Test(
        "Unicode line separators are refused, so that lines are the editor's",
        arguments: ["\u{85}", "\u{2028}", "\u{2029}"])
    func separators(text: String) {
        #expect(mistakes("name: a\(text)b").first?.hasPrefix("job.yaml:1:8: the line separator U+") == true)
    }

    @Test("An empty file is one mistake", arguments: ["", "\n\n", "# only a comment\n", "   "])
    func empty(text: String) {
        #expect(mistakes(text) == ["job.yaml:1:1: the file is empty"])
    }

    @Test("A text that is no mapping is one mistake", arguments: ["---\n", "- a\n- b\n", "hello", "42"])
    func notMapping(text: String) {
        let found = mistakes(text)
        #expect(found.count == 1 && found[0].contains("a manifest is a mapping"), "\(found)")
    }

    @Test("A second document is refused where it starts")
    func documents() {
        #expect(
            mistakes(shortest + "---\nname: b\n") == ["job.yaml:4:1: a second document starts here; a file holds one"])
    }

    @Test("A file of directives is refused before libyaml compares each with all others")
    func directives() {
        let text = (0..<20).map { "%TAG !\($0)! x\n" }.joined() + "---\n" + shortest
        #expect(mistakes(text) == ["job.yaml:17:1: over 16 lines start with %; a manifest needs no directives"])
        #expect(mistakes("%YAML 1.2\n---\n" + shortest).isEmpty)
    }

    @Test("A file over one mebibyte is refused, in memory and on disk")
    func size() throws {
        let big = shortest + "# " + String(repeating: "x", count: 2 << 20)
        let expected = ["job.yaml:1:1: the file has over 1048576 bytes, more than any manifest needs"]
        #expect(mistakes(big) == expected)
        let folder = try TemporaryFolder()
        try folder.write("big.yaml", big)
        let error = #expect(throws: ManifestsError.self) {
            try JobManifest.load(path: "\(folder.path)/big.yaml", pipelinesFolder: pipelines)
        }
        #expect(error?.mistakes.first?.message == "the file has over 1048576 bytes, more than any manifest needs")
    }

    @Test("A file that is not there is missing; a folder and a pipe are unreadable")
    func files() throws {
        func code(_ path: String) -> ManifestsError.Code? {
            #expect(throws: ManifestsError.self) { try JobManifest.load(path: path, pipelinesFolder: pipelines) }?.code
        }
        let folder = try TemporaryFolder()
        #expect(code("\(folder.path)/none.yaml") == .missing)
        #expect(code(folder.path) == .unreadable)
        #expect(mkfifo("\(folder.path)/pipe.yaml", 0o600) == 0)
        #expect(code("\(folder.path)/pipe.yaml") == .unreadable)
    }
}
