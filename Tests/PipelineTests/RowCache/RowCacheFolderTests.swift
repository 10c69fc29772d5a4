import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("Tokenized rows that are kept")
struct RowCacheFolderTests {
    private func name(_ digit: Character) -> String {
        let half = String(repeating: digit, count: 32)
        return "\(half)-\(half).rows"
    }

    private func write(_ count: Int, to path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(repeating: 1, count: count).write(to: URL(fileURLWithPath: path))
    }

    private func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private func age(_ path: String, days: Double) throws {
        let date = Date(timeIntervalSinceNow: -86_400 * days)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    @Test("What a job made is moved to its name's folder; links, other names and files that are too large are not")
    func adopted() throws {
        try withTemporaryFolder { folder in
            let made = folder + "/work/rows"
            try write(10, to: "\(made)/\(name("a"))")
            try write(101, to: "\(made)/\(name("b"))")
            try write(1, to: "\(made)/source-0.made")
            try write(1, to: "\(made)/\(String(repeating: "A", count: 32))-\(String(repeating: "0", count: 32)).rows")
            try write(1, to: folder + "/secret")
            try FileManager.default.createSymbolicLink(
                atPath: "\(made)/\(name("c"))", withDestinationPath: folder + "/secret")
            try FileManager.default.linkItem(atPath: folder + "/secret", toPath: "\(made)/\(name("d"))")
            RowCacheFolder(folder + "/state/rows", limit: 100).adopt(from: made, of: "job")
            #expect(names(folder + "/state/rows/job") == [name("a")])
            #expect(!FileManager.default.fileExists(atPath: made))
            RowCacheFolder(folder + "/state/rows", limit: 100).adopt(from: folder + "/nothing", of: "job")
            for wrong in ["", ".", "..", "a/b", ".hidden"] {
                #expect(RowCacheFolder.folder(of: wrong, in: "/rows") == nil)
            }
        }
    }

    @Test("Scores are kept in the same way, and neither takes the other's files")
    func scores() throws {
        try withTemporaryFolder { folder in
            let made = folder + "/work/scores"
            let scores = name("a").replacingOccurrences(of: ".rows", with: ".scores")
            try write(10, to: "\(made)/\(scores)")
            try write(10, to: "\(made)/\(name("b"))")
            RowCacheFolder.scores(folder + "/state/scores", limit: 100).adopt(from: made, of: "job")
            #expect(names(folder + "/state/scores/job") == [scores])
            try write(10, to: "\(made)/\(scores)")
            RowCacheFolder(folder + "/state/rows", limit: 100).adopt(from: made, of: "job")
            #expect(names(folder + "/state/rows").isEmpty)
        }
    }

    @Test("What was of use longest ago goes first, over all names")
    func pruned() throws {
        try withTemporaryFolder { folder in
            let rows = folder + "/rows"
            let files: [(Character, String, Double)] = [("a", "old", 3), ("b", "new", 2), ("c", "new", 1)]
            for (digit, job, days) in files {
                try write(40, to: "\(rows)/\(job)/\(name(digit))")
                try age("\(rows)/\(job)/\(name(digit))", days: days)
            }
            // A job that used the oldest says so.
            try write(0, to: "\(folder)/work/rows/\(name("a")).used")
            RowCacheFolder(rows, limit: 100).adopt(from: folder + "/work/rows", of: "old")
            #expect(names(rows + "/old") == [name("a")] && names(rows + "/new") == [name("c")])
            RowCacheFolder(rows, limit: 0).prune()
            #expect(names(rows).isEmpty)
        }
    }
}
