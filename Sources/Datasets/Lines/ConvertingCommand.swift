import Foundation

/// A shell command that makes JSON lines of what a file holds. Each is one line of tools that people have, and the tests
/// run every one of them.
package enum ConvertingCommand: String, CaseIterable, Sendable {
    // Of whole files.
    case gzip, bzip2, xz, zstandard, zip
    case utf16, utf32, carriageReturns
    case array, documents, pythonDictionaries
    case commaSeparated, tabSeparated
    case parquet, arrow
    case gitLFS
    // Of rows in another trainer's layout.
    case dolly, preference, conversational

    /// What to do next, for a message.
    func advice(_ path: String) -> String { "\(beginning): \(command(path))" }

    private var beginning: String {
        switch self {
        case .gzip, .bzip2, .xz, .zstandard, .zip: "Unpack it"
        case .gitLFS: "Fetch the file itself"
        default: "Convert it"
        }
    }

    /// The command, with `path` and what it writes quoted for a POSIX shell.
    package func command(_ path: String) -> String {
        let file = Self.quoted(path)
        let output = Self.quoted(Self.output(path))
        switch self {
        case .gzip: return "gunzip -c \(file) > \(output)"
        case .bzip2: return "bunzip2 -c \(file) > \(output)"
        case .xz: return "xz -dc \(file) > \(output)"
        case .zstandard: return "zstd -dc \(file) > \(output)"
        case .zip: return "unzip -p \(file) > \(output)"
        case .utf16: return "iconv -f UTF-16 -t UTF-8 \(file) > \(output)"
        case .utf32: return "iconv -f UTF-32 -t UTF-8 \(file) > \(output)"
        case .carriageReturns: return "tr '\\r' '\\n' < \(file) > \(output)"
        case .documents: return "jq -c . \(file) > \(output)"
        case .gitLFS: return "git lfs pull --include \(file)"
        default: return "python3 -c '\(script)' \(file) > \(output)"
        }
    }

    /// A program in Python that writes rows as JSON lines; without an apostrophe, which would end it in the shell.
    private var script: String {
        let rows = #"for row in map(json.loads, filter(str.strip, open(sys.argv[1], encoding="utf-8-sig")))"#
        func each(_ expression: String) -> String { "import json, sys; [print(json.dumps(\(expression))) \(rows)]" }
        func table(_ dialect: String) -> String {
            #"import csv, json, sys; [print(json.dumps(row)) for row in csv.DictReader("#
                + #"open(sys.argv[1], encoding="utf-8-sig", newline="")"# + dialect + ")]"
        }
        return switch self {
        case .array:
            #"import json, sys; [print(json.dumps(row)) for row in json.load(open(sys.argv[1], encoding="utf-8-sig"))]"#
        case .pythonDictionaries:
            #"import ast, json, sys; [print(json.dumps(ast.literal_eval(line))) for line in "#
                + #"filter(str.strip, open(sys.argv[1], encoding="utf-8-sig"))]"#
        case .commaSeparated: table("")
        case .tabSeparated: table(#", delimiter="\t""#)
        case .parquet:
            "import sys, pyarrow.parquet as p, json; "
                + "[print(json.dumps(row, default=str)) for row in p.read_table(sys.argv[1]).to_pylist()]"
        case .arrow:
            "import sys, pyarrow.feather as f, json; "
                + "[print(json.dumps(row, default=str)) for row in f.read_table(sys.argv[1]).to_pylist()]"
        case .dolly:
            each(
                #"{"instruction": row["instruction"], "input": row.get("context"), "output": row["response"]}"#)
        case .preference: each(#"{"prompt": row["prompt"], "completion": row["chosen"]}"#)
        case .conversational: each(#"{"messages": row["prompt"] + row["completion"]}"#)
        default: ""
        }
    }

    /// Beside the file, and never the file itself.
    static func output(_ path: String) -> String {
        var stem = path as NSString
        for ending in ["gz", "bz2", "xz", "zst", "zip"] where stem.pathExtension.lowercased() == ending {
            stem = stem.deletingPathExtension as NSString
            if stem.pathExtension == "jsonl" { return stem as String }
        }
        let isJSONL = stem.pathExtension == "jsonl"
        return stem.deletingPathExtension + (isJSONL ? ".rows.jsonl" : ".jsonl")
    }

    /// One word for a shell, whatever the path holds; one that begins with a dash is no option either.
    static func quoted(_ path: String) -> String {
        let path = path.hasPrefix("-") ? "./" + path : path
        let plain = path.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        return plain && !path.isEmpty ? path : "'" + path.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
    }
}
