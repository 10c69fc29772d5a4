import Common
import Foundation

/// An entry of lorad.yaml's `schedule`: a manifest that the worker submits to itself when its time comes.
package struct ScheduleConfiguration: Section {
    /// What messages and the ledger call it.
    package var name = ""
    /// When.
    package var cron = Self.placeholder
    /// The time zone that `cron` is read in; nil: the machine's.
    package var timeZone: String?
    /// The manifest's file.
    package var manifest = ""
    /// `key=value`, as `lorad submit --set` takes them.
    package var set: [String] = []
    /// A run that was missed by no more than this many hours is made up for.
    package var catchUpHours = 12.0
    /// Whether to train where neither data, base nor settings changed since the last success.
    package var again = false

    package init() {}

    // A field's property needs a value before it is read.
    // swift-format-ignore: NeverUseForceTry
    private static let placeholder = try! CronExpression("@daily")

    static let fields: [Field<ScheduleConfiguration>] = [
        .required(
            "name", \.name, .name(example: "nightly"), missing: "give the entry a name, such as nightly",
            "What messages and the ledger call it."),
        .required(
            "cron", \.cron, .cron, missing: "say when, such as \"30 2 * * *\"",
            "Minute, hour, day of month, month and day of week, or `\"@daily\"` and the like. In quotes."),
        .optional(
            "time_zone", \.timeZone, .timeZone, absent: "the machine's",
            "The time zone that `cron` is read in, by its name in the tz database."),
        .required(
            "manifest", \.manifest, .path(example: "pipelines/nightly.yaml"), missing: "name the manifest to submit",
            "The manifest to submit, its name stamped with the time it was due."),
        .standard(
            "set", \.set, .list(of: .setting, example: "[dataset.train=data/today.jsonl]"), standard: "none",
            "Values to change, as `lorad submit --set` takes them."),
        .standard(
            "catch_up_hours", \.catchUpHours, .number(NumberBounds(atLeast: 0, atMost: 8_784), example: "12"),
            standard: "12",
            "After downtime the latest missed run is made up for, once, where it was due no longer ago than this."),
        .standard(
            "again", \.again, .boolean, standard: "false",
            "Whether to train where neither data, base nor settings changed since the last success."),
    ]
}

extension Kind where Value == CronExpression {
    /// Five fields of crontab(5), or a nickname.
    static var cron: Kind<CronExpression> {
        Kind(
            type: "cron expression", expectation: "a cron expression, such as \"30 2 * * *\"",
            read: { node, context, path in
                guard case .string(let text) = node.scalar?.value else {
                    context.diagnostics.add(
                        node.position,
                        "\(path) is \(Shown.kind(of: node)); expected a cron expression in quotes, such as \"30 2 * * *\""
                    )
                    return nil
                }
                do throws(CronMistake) {
                    return try CronExpression(text)
                } catch {
                    context.diagnostics.add(node.position, "\(path) \(error.message)")
                    return nil
                }
            },
            write: { YAMLNode(.scalar(YAMLScalar(string: $0.text))) })
    }
}

extension Kind where Value == String {
    /// A name of the tz database.
    static var timeZone: Kind<String> {
        .text("time zone", example: "Europe/Berlin") { text in
            if TimeZone(identifier: text) != nil { return nil }
            let close = Suggestion.closest(to: text, among: TimeZone.knownTimeZoneIdentifiers)
            return "is \(Shown.quoted(text)), which the tz database does not have"
                + (close.map { "; did you mean \($0)?" } ?? "; expected a name such as Europe/Berlin or UTC")
        }
    }

    /// What `--set` takes.
    static var setting: Kind<String> {
        .text("key=value", example: "training.max_steps=20") { text in
            do {
                _ = try Override(text)
                return nil
            } catch {
                return "is \(Shown.quoted(text)); expected key=value, such as training.max_steps=20"
            }
        }
    }
}
