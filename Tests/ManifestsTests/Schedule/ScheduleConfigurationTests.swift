import Manifests
import Testing

@Suite("lorad.yaml's schedule and monitor") struct ScheduleConfigurationTests {
    private func load(_ text: String) throws -> WorkerConfiguration {
        try WorkerConfiguration.load(bytes: Array(text.utf8), file: "lorad.yaml")
    }

    @Test("An entry is read with its defaults")
    func entry() throws {
        let configuration = try load(
            """
            schedule:
              - name: nightly
                cron: "30 2 * * mon-fri"
                time_zone: Europe/Berlin
                manifest: pipelines/nightly.yaml
                set: [dataset.train=data/today.jsonl]
              - {name: hourly, cron: "@hourly", manifest: a.yaml, catch_up_hours: 0, again: true}
            monitor: {port: 9464}
            """)
        let (first, second) = (configuration.schedule[0], configuration.schedule[1])
        #expect(first.cron.text == "30 2 * * mon-fri" && first.timeZone == "Europe/Berlin")
        #expect(first.set == ["dataset.train=data/today.jsonl"] && first.catchUpHours == 12 && !first.again)
        #expect(second.timeZone == nil && second.catchUpHours == 0 && second.again)
        #expect(configuration.monitor.port == 9464)
        #expect(try load("inbox: in").schedule.isEmpty)
        #expect(try load("inbox: in").monitor.port == nil)
    }

    @Test(
        "Mistakes come with their place and a way out",
        arguments: [
            ("cron: \"61 2 * * *\", manifest: a.yaml", "schedule[0].cron minute 61 is not in 0-59"),
            ("cron: 5, manifest: a.yaml", "schedule[0].cron is the number 5; expected a cron expression in quotes"),
            ("manifest: a.yaml", "schedule[0].cron is missing: say when"),
            (
                "cron: \"@daily\", manifest: a.yaml, time_zone: Europe/Berlln",
                "schedule[0].time_zone is \"Europe/Berlln\", which the tz database does not have; did you mean Europe/Berlin?"
            ),
            (
                "cron: \"@daily\", manifest: a.yaml, set: [nothing]",
                "schedule[0].set[0] is \"nothing\"; expected key=value"
            ),
        ])
    func mistakes(keys: String, message: String) {
        #expect {
            try load("schedule: [{name: nightly, \(keys)}]")
        } throws: { error in
            let found = (error as? ManifestsError)?.mistakes.map(\.description) ?? []
            return found.count == 1 && found[0].contains(message)
        }
    }
}
