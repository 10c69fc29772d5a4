import Executors
import Foundation
import Manifests
import ModelFiles
import OperatingSystem
import TestSupport
import Testing
import Worker

@Suite("after_promote, by the built program", .serialized)
struct AfterPromoteTests {
    private func settings(_ lorad: LoradProcess, _ extra: String = "") throws {
        try lorad.write(
            """
            threads: 1
            quiet_time: 0.1
            limits: {free_disk_mib: 0}
            hooks: [{name: deploy, kind: generic, url_env: DEPLOY, secret_env: KEY, allow_private: true, allow_http: true}]
            after_promote:
              - {name: served, export: merged, output: served, notify: [deploy]\(extra)}
            """, to: "lorad.yaml")
    }

    @Test(
        "A worker exports the champion, swaps the link, and tells a signed hook; after a move by hand the next one does"
    )
    func follows() throws {
        let receiver = try WebhookServer()
        defer { receiver.stop() }
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try settings(lorad)
            let environment = [
                "DEPLOY": receiver.url, "KEY": "whsec_" + Data("0123456789abcdef01234567".utf8).base64EncodedString(),
            ]
            func watch() throws {
                let outcome = try lorad.run("watch", "--once", environment: environment)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            let night = lorad.manifest(sha256: try lorad.hash(), steps: 3, extra: "promote: auto")
            try lorad.write(night, to: "inbox/night.yaml")
            try watch()
            let link = "\(folder)/served/tiny/current"
            let first = try FileManager.default.destinationOfSymbolicLink(atPath: link)
            #expect(first.hasPrefix("v1-") && lorad.list("served/tiny/current").contains("model.safetensors"))
            try #require(receiver.requests.count == 1)
            let request = try #require(receiver.requests.first)
            #expect(request.json["type"] as? String == "export.ready")
            #expect(request.headers["webhook-signature"]?.hasPrefix("v1,") == true)
            #expect((request.json["data"] as? [String: Any])?["current"] as? String == "served/tiny/current")

            try lorad.write(night.replacing("max_steps: 3", with: "max_steps: 5"), to: "again.yaml")
            #expect(try lorad.run("run", "again.yaml", "--set", "promote=null").status == 0)
            #expect(try lorad.run("registry", "promote", "tiny@2", environment: environment).status == 0)
            // Nobody has looked yet.
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == first)
            try watch()
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link).hasPrefix("v2-"))
            #expect(lorad.list("served/tiny").filter { $0.hasPrefix("v") }.count == 2)
            // What is served answers as base and adapter do.
            func ids(_ arguments: String...) throws -> [Int] {
                let all = ["generate", "--prompt", "Review: it was", "--max-new-tokens", "6", "--json"] + arguments
                let answer = try JSONReader.parse(lorad.run(all).output, name: "answer")
                return try #require(answer["ids"]?.arrayValue).compactMap(\.intValue)
            }
            #expect(
                try ids("--base", "served/tiny/current") == ids("--base", "base", "--adapter", "tiny@champion"))
            #expect(try lorad.run("registry", "rollback", "tiny", "--to", "base").status == 0)
            try watch()
            #expect(!lorad.list("served/tiny").contains("current"))
            let exports = try lorad.run("registry", "exports")
            #expect(exports.status == 0 && exports.output.contains("done"), "\(exports.output)")
        }
    }

    @Test("An export that fails is kept with its reason, and made once it can be; the alias stays where it is")
    func failing() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try settings(lorad, ", base: elsewhere")
            try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/untied"), toPath: "\(folder)/elsewhere")
            let environment = ["DEPLOY": "http://127.0.0.1:9/hook", "KEY": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"]
            try lorad.write(
                lorad.manifest(sha256: lorad.hash(), steps: 2, extra: "promote: auto"), to: "inbox/night.yaml")
            #expect(try lorad.run("watch", "--once", environment: environment).status == 0)
            func exports() throws -> JSONValue {
                let outcome = try lorad.run("registry", "exports", "--json")
                return try #require(try JSONReader.parse(outcome.output, name: "exports").arrayValue?.first)
            }
            let failed = try exports()
            #expect(failed["state"]?.stringValue == "pending" && failed["attempts"]?.intValue == 1)
            #expect(failed["last_result"]?.stringValue?.contains("was made for the base") == true)
            #expect(lorad.list("served/tiny").filter { !$0.hasPrefix(".") }.isEmpty)
            #expect(lorad.list("outbox/tiny").contains("champion"))
            try FileManager.default.removeItem(atPath: "\(folder)/elsewhere")
            try FileManager.default.copyItem(atPath: "\(folder)/base", toPath: "\(folder)/elsewhere")
            #expect(try lorad.run("registry", "exports", "--retry").status == 0)
            #expect(try lorad.run("watch", "--once", environment: environment).status == 0)
            #expect(try exports()["state"]?.stringValue == "done")
            #expect(lorad.list("served/tiny").contains("current"))
        }
    }

    private static var hasLandlock: Bool { if case .holds = Confinement.available.landlock { true } else { false } }

    @Test(
        "The export's process reads base and adapter alone: what a link in the adapter's folder leads to it is refused",
        .enabled(if: hasLandlock, "the kernel has no Landlock that is good enough"))
    func confined() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2), to: "job.yaml")
            #expect(try lorad.run("run", "job.yaml").status == 0)
            let files = FileManager.default
            let adapter = "\(folder)/adapter"
            let run = URL(fileURLWithPath: "\(folder)/outbox/tiny/latest").resolvingSymlinksInPath().path
            try files.copyItem(atPath: run, toPath: adapter)
            let child = ExportChild(
                executable: LoradProcess.binary, arguments: ["export-process"],
                environment: ChildEnvironment.filter(["PATH": "/usr/bin:/bin"], for: WorkerConfiguration()),
                errorFile: "\(folder)/export.stderr")
            func export(to name: String) throws -> String {
                let order: [String: Any] = [
                    "name": "tiny", "adapter": adapter, "base": "\(folder)/base", "form": "peft",
                    "output": "\(folder)/\(name)/v1", "threads": 1,
                ]
                try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
                let data = try JSONSerialization.data(withJSONObject: order)
                return try child.export(JSONDecoder().decode(ExportOrder.self, from: data), isWanted: { true })
            }
            #expect(try export(to: "served").contains("files"))
            #expect(lorad.list("served/v1").contains("adapter_model.safetensors"))

            try files.createDirectory(atPath: "\(folder)/elsewhere", withIntermediateDirectories: true)
            try files.moveItem(
                atPath: adapter + "/adapter_config.json", toPath: "\(folder)/elsewhere/adapter_config.json")
            try files.createSymbolicLink(
                atPath: adapter + "/adapter_config.json", withDestinationPath: "../elsewhere/adapter_config.json")
            let refusal = #expect(throws: WorkerError.self) { try export(to: "refused") }
            #expect(refusal?.message.contains("adapter_config.json") == true, "\(refusal?.message ?? "")")
            #expect(lorad.list("refused").isEmpty)
            // Nothing but the confinement stands against that link.
            let byHand = try lorad.run("export", "adapter", "--base", "base", "--to", "peft", "--output", "by-hand")
            #expect(byHand.status == 0, "\(byHand.errors)")
        }
    }

    @Test("Bad entries are told with line and column, before any worker starts")
    func mistakes() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let cases = [
                ("{name: a, export: mergd, output: x}", "merged"), ("{name: a, export: merged}", "output is missing"),
                ("{name: a, export: merged, output: x, type: Q8_0}", "belongs to the forms gguf, ollama"),
                ("{name: a, export: gguf, output: x, dtype: float32}", "belongs to the forms merged"),
                ("{name: a, export: merged, output: x, alias: latest}", "is no alias"),
                ("{name: a, export: merged, output: x, notify: [chat]}", "chat"),
                ("{name: a, export: merged, output: x}, {name: b, export: peft, output: x}", "is taken already"),
            ]
            for (entry, words) in cases {
                try lorad.write("after_promote: [\(entry)]\n", to: "lorad.yaml")
                let outcome = try lorad.run("watch", "--once")
                #expect(outcome.status == 65, "\(entry): \(outcome.status)")
                #expect(outcome.errors.contains("lorad.yaml:1:") && outcome.errors.contains(words), "\(outcome.errors)")
            }
        }
    }
}
