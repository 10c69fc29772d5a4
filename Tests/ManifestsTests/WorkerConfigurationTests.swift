import Manifests
import Testing

@Suite("lorad.yaml") struct WorkerConfigurationTests {
    private func load(_ text: String) throws -> WorkerConfiguration {
        try WorkerConfiguration.load(bytes: Array(text.utf8), file: "lorad.yaml")
    }

    private func mistakes(_ text: String) -> [String] {
        do {
            _ = try load(text)
            return []
        } catch { return (error as? ManifestsError)?.mistakes.map(\.description) ?? ["\(error)"] }
    }

    @Test("An empty file means the defaults")
    func empty() throws {
        let configuration = try load("\n")
        #expect(configuration == WorkerConfiguration())
        #expect(
            configuration.inbox == "inbox" && configuration.state == ".lorad" && configuration.allowedRoots == ["."])
        #expect(configuration.scanEvery == 30 && configuration.quietTime == 2 && configuration.threads == nil)
    }

    @Test("A full file is read")
    func full() throws {
        let configuration = try load(
            """
            inbox: /srv/in
            threads: 2
            allowed_roots: [., /srv/models]
            hooks:
              - {name: chat, kind: slack, url_env: CHAT_URL, events: [succeeded, failed]}
              - {name: local, kind: generic, url_file: url.txt, secret_env: KEY, allow_private: true, allow_http: true}
            notify_default: [chat]
            """)
        #expect(configuration.threads == 2 && configuration.hooks.count == 2)
        #expect(
            configuration.hooks[0].events == [.succeeded, .failed]
                && configuration.hooks[0].urlEnvironment == "CHAT_URL")
        #expect(configuration.hooks[1].events == HookEvent.standard && configuration.hooks[1].allowHTTP)
        #expect(configuration.hooks[1].secretEnvironment == "KEY" && configuration.notifyDefault == ["chat"])
    }

    @Test("Rules by owner are read, by name, by number and for anyone else")
    func owners() throws {
        let configuration = try load(
            """
            owners:
              - {owner: root, priority: 100}
              - {owner: 4711, at_once: 2, rows: 1000, steps: 50}
              - {owner: "*", priority: 0}
            """)
        #expect(configuration.owners.map(\.owner.uid) == [0, 4_711, nil])
        #expect(configuration.owners.map(\.priority) == [100, nil, 0])
        #expect(configuration.owners[1].atOnce == 2 && configuration.owners[1].rows == 1_000)
        #expect(configuration.owners[1].steps == 50)
    }

    @Test(
        "Mistakes are reported as in a manifest",
        arguments: [
            ("owners: [{priority: 3}]", "1:10: owners[0].owner is missing: name a user"),
            (
                "owners: [{owner: nobody-of-this-name}]",
                "1:18: owners[0].owner is \"nobody-of-this-name\", a user that this machine does not have"
            ),
            ("owners: [{owner: -1}]", "1:18: owners[0].owner is -1; no user has that number"),
            (
                "owners: [{owner: [a]}]",
                "1:18: owners[0].owner is a list of 1; expected a user's name or number"
            ),
            ("owners: [{owner: 0, steps: 1}, {owner: root}]", "1:40: owners[1].owner \"root\" has a rule already"),
            ("owners: [{owner: 5, at_once: 0}]", "1:30: owners[0].at_once is 0; it must be at least 1"),
            ("threads: 0", "1:10: threads is 0; it must be at least 1 and at most 1024"),
            ("inbx: a", "1:1: unknown key \"inbx\"; did you mean inbox?"),
            (
                "hooks: [{name: a, kind: slak, url_env: A}]",
                "1:25: hooks[0].kind is the text \"slak\"; did you mean slack?"
            ),
            ("hooks: [{name: a, kind: slack}]", "1:9: hooks[0].url_env is missing"),
            (
                "hooks: [{name: a, kind: slack, url_env: A, url_file: b}]",
                "1:44: hooks[0].url_env and hooks[0].url_file both"
            ),
            (
                "hooks: [{name: a, kind: slack, url_env: A}, {name: a, kind: discord, url_env: B}]",
                "1:52: hooks[1].name \"a\" is taken"
            ),
            ("hooks: [{name: a, kind: slack, url_env: A}]\nnotify_default: [b]", "2:18: hooks defines no \"b\""),
            ("inbox: x\noutbox: x", "2:1: inbox and outbox are the same folder"),
            ("- a", "1:1: lorad.yaml is a mapping"),
        ])
    func faults(text: String, message: String) {
        let found = mistakes(text)
        #expect(found.count == 1 && found[0].hasPrefix("lorad.yaml:" + message), "\(found)")
    }

    @Test("A secret put where its variable's name belongs is refused and not repeated")
    func secrets() {
        let found = mistakes("hooks: [{name: a, kind: slack, url_env: \"https://hooks.example/T0/SECRET\"}]")
        #expect(found.count == 1 && !found[0].contains("SECRET"), "\(found)")
        #expect(
            mistakes("hooks: [{name: a, kind: slack, url: \"https://x/SECRET\"}]").allSatisfy { !$0.contains("SECRET") }
        )
    }
}
