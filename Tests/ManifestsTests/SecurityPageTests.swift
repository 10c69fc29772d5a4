import Foundation
import Testing

@Suite("SECURITY.md") struct SecurityPageTests {
    private static let page = try? String(
        contentsOf: repository.appendingPathComponent("SECURITY.md"), encoding: .utf8)

    /// The functions of every suite of `Tests`, also those in its extensions: of a file those that stand below the suite's
    /// name and above the next one's.
    private static func suites() -> [Substring: Set<Substring>] {
        let start = repository.appendingPathComponent("Tests")
        let all = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
        var suites: [Substring: Set<Substring>] = [:]
        for file in all where file.pathExtension == "swift" {
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
            var suite: Substring?
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                if line.first != " ", let place = words.firstIndex(where: { ["struct", "extension"].contains($0) }) {
                    suite = words[(place + 1)...].first?.prefix { $0.isLetter || $0.isNumber }
                } else if let suite, let place = words.firstIndex(of: "func"), place + 1 < words.count {
                    suites[suite, default: []].insert(words[place + 1].prefix { $0.isLetter || $0.isNumber })
                }
            }
        }
        return suites
    }

    @Test("Every test that the page names exists, and each promise names at least two")
    func tests() throws {
        let page = try #require(Self.page)
        let suites = Self.suites()
        var named = 0
        for line in page.split(separator: "\n") {
            let tests = line.matches(of: /`(\w+Tests)\/(\w+)`/)
            for test in tests {
                #expect(suites[test.1]?.contains(test.2) == true, "there is no test \(test.1)/\(test.2)")
            }
            if line.contains(/^\| \d+ \|/) { #expect(tests.count >= 2, "\(line.prefix(80))") }
            named += tests.count
        }
        #expect(named >= 50)
    }

    @Test("The attack has cases for every promise, and the page has a promise for every case")
    func attacks() throws {
        let page = try #require(Self.page)
        let promised = Set(page.matches(of: /(?m)^\| (\d+) \|/).compactMap { Int($0.1) })
        let folder = repository.appendingPathComponent("scripts/chaos/attack_support")
        let scripts = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "py" }
        let tried = try scripts.reduce(into: Set<Int>()) { rows, script in
            let text = try String(contentsOf: script, encoding: .utf8)
            rows.formUnion(text.matches(of: /(?m)^@case\((\d+),/).compactMap { Int($0.1) })
        }
        #expect(promised == Set(1...15))
        #expect(tried == promised)
    }
}
