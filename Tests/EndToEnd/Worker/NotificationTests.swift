import Foundation
import TestSupport
import Testing

@Suite("Webhooks of a real worker, received by a real server")
struct NotificationTests {
    private static let configuration = """
        threads: 1
        quiet_time: 0.1
        hooks:
          - {name: plain, kind: generic, url_env: PLAIN_URL, allow_private: true, allow_http: true, events: [queued, started, succeeded, failed, rejected]}
          - {name: chat, kind: slack, url_file: chat.url, allow_private: true, allow_http: true}
        """

    /// Runs `body` with a prepared folder, the two servers, and what the worker's environment needs.
    private func withServers(
        _ body: (LoradProcess, _ plain: WebhookServer, _ chat: WebhookServer, [String: String]) throws -> Void
    ) throws {
        let plain = try WebhookServer()
        let chat = try WebhookServer()
        defer {
            plain.stop()
            chat.stop()
        }
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try lorad.write(Self.configuration, to: "lorad.yaml")
            try lorad.write(chat.url + "\n", to: "chat.url")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/chat.url")
            try body(lorad, plain, chat, ["PLAIN_URL": plain.url])
            try FileManager.default.removeItem(atPath: folder + "/chat.url")
            try expectNoSecret(below: folder)
        }
    }

    /// The URLs' secret part stands in no file that lorad wrote: not in the ledger, a log, a report or its output.
    private func expectNoSecret(below folder: String) throws {
        let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        #expect(files.contains { $0.hasSuffix("ledger.sqlite") })
        for file in files {
            let data = FileManager.default.contents(atPath: folder + "/" + file) ?? Data()
            #expect(data.range(of: Data("T0PSECRETPATH".utf8)) == nil, "\(file)")
        }
    }

    private func types(_ server: WebhookServer) -> [String] {
        server.requests.compactMap { $0.json["type"] as? String }
    }

    private func content(_ server: WebhookServer) throws -> [String: Any] {
        try #require(server.requests.last?.json["data"] as? [String: Any])
    }

    @Test("Events arrive in order, the last with the slice table; a hook that names none hears of the end alone")
    func succeeded() throws {
        try withServers { lorad, plain, chat, environment in
            try lorad.write(lorad.manifest(sha256: lorad.hash(), extra: "notify: [plain, chat]"), to: "job.yaml")
            let watch = try lorad.start(["watch"], environment: environment)
            #expect(try lorad.run("submit", "job.yaml").status == 0)
            let heard = eventually(within: 120) { plain.requests.count >= 3 && chat.requests.count >= 1 }
            #expect(heard, "\(watch.errors)")
            #expect(types(plain) == ["job.queued", "job.started", "job.succeeded"])

            let summary = try #require(content(plain)["summary"] as? [String: Any])
            let slices = try #require(summary["slices"] as? [[String: Any]])
            #expect(slices.compactMap { $0["name"] as? String } == ["all", "a", "b"])
            #expect(slices.compactMap { $0["rows"] as? Int } == [8, 2, 6])
            #expect(summary["parity_passed"] as? Bool == true)
            let run = try #require(content(plain)["run_dir"] as? String)
            #expect(lorad.list(run).contains("adapter_model.safetensors"))

            let chats = chat.requests.compactMap { $0.json["text"] as? String }
            try #require(chats.count == 1)
            #expect(chats[0].hasPrefix("tiny: "))
            let headline = try #require(summary["headline"] as? [String: Any])
            #expect(headline["metric"] as? String == "accuracy" && headline["previous"] == nil)
            #expect(chats[0].contains("points"))
            let table = chat.requests.last?.body ?? ""
            #expect(table.contains("accuracy") && table.contains("change") && table.contains("all"))

            #expect(watch.isRunning)
            watch.terminate()
            #expect(try watch.wait().status == 0)
        }
    }

    @Test("A missed gate is told as failed with the gate and the slices; the worker's exit code says so")
    func failed() throws {
        try withServers { lorad, plain, chat, environment in
            let gates = "gates: [{slice: b, metric: loss, max: 0.000001}]\nnotify: [plain, chat]"
            try lorad.write(lorad.manifest(sha256: lorad.hash(), steps: 2, extra: gates), to: "inbox/job.yaml")
            let watch = try lorad.run("watch", "--once", environment: environment)
            #expect(watch.status == 1, "\(watch.errors)")
            #expect(types(plain) == ["job.queued", "job.started", "job.failed"])
            let data = try content(plain)
            #expect((data["reason"] as? String)?.hasPrefix("The gate on b loss was missed: ") == true)
            let summary = try #require(data["summary"] as? [String: Any])
            let found = try #require((summary["gates"] as? [[String: Any]])?.first)
            #expect(found["passed"] as? Bool == false)
            #expect((summary["slices"] as? [Any])?.count == 3)
            #expect(chat.requests.last?.body.contains("tiny: failed") == true)
            #expect(!lorad.list("outbox/tiny").contains("latest"))
        }
    }

    @Test("A manifest with mistakes is told as rejected, once, with the mistakes")
    func rejected() throws {
        try withServers { lorad, plain, chat, environment in
            let manifest = try lorad.manifest(sha256: lorad.hash(), extra: "notify: [plain, chat]")
            try lorad.write(
                manifest.replacingOccurrences(of: "rank: 4", with: "rnak: 4"), to: "inbox/job.yaml")
            #expect(try lorad.run("watch", "--once", environment: environment).status == 0)
            #expect(types(plain) == ["job.rejected"])
            #expect(
                try content(plain)["reason"] as? String
                    == "job.yaml:4:11: unknown key \"rnak\" in adapter; did you mean rank?")
            #expect(chat.requests.count == 1)
        }
    }
}
