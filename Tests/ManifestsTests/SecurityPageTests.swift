import Foundation
import Testing

@Suite("SECURITY.md") struct SecurityPageTests {
    private static let page = try? String(
        contentsOf: repository.appendingPathComponent("SECURITY.md"), encoding: .utf8)

    /// Swift files below a folder of the repository.
    private static func sources(_ folder: String) -> [String] {
        let start = repository.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil)?.allObjects as? [URL]
        return (names ?? []).filter { $0.pathExtension == "swift" }.compactMap {
            try? String(contentsOf: $0, encoding: .utf8)
        }
    }

    @Test("Every test that the page names exists, and each promise names at least two")
    func tests() throws {
        let page = try #require(Self.page)
        let sources = Self.sources("Tests")
        var named = 0
        for line in page.split(separator: "\n") {
            let tests = line.matches(of: /`(\w+Tests)\/(\w+)`/)
            for test in tests {
                let (suite, function) = (String(test.1), String(test.2))
                // A suite may go on in extensions, in files of their own.
                let parts = sources.filter { $0.contains("struct \(suite) ") || $0.contains("extension \(suite) ") }
                #expect(parts.contains { $0.contains("func \(function)(") }, "there is no test \(suite)/\(function)")
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
