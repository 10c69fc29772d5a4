import Common
import ModelFiles
import TestSupport
import Testing
import Tokenizers

@Suite("Bounds and refusals of chat templates")
struct JinjaLimitsTests {
    private static func options() -> JinjaOptions {
        var limits = JinjaLimits()
        limits.steps = 200_000
        limits.outputBytes = 1 << 20
        return JinjaOptions(limits: limits)
    }

    private func error(_ source: String, _ context: String = "{}") throws -> JinjaError? {
        let object = try #require(try JSONReader.parse(context, name: "context").objectValue)
        do {
            _ = try JinjaTemplate(source: source, options: Self.options()).render(context: object)
            return nil
        } catch let error as JinjaError { return error }
    }

    /// Templates that without a bound would take all time, memory or stack.
    static let endless = [
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(x) %}{% if 1 %}{% for y in [1] %}{{ ('a' ~ m([x])) | upper }}{% endfor %}{% endif %}{% endmacro %}{{ m(1) }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s.replace('a', ns.s) %}{% endfor %}",
        "{% set ns = namespace(x=[]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}",
        "{% set ns = namespace(x=(1,)) %}{% for i in range(99) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ ns.x == ns.x }}",
        "{% set ns = namespace(x=(1,)) %}{% for i in range(99) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}",
        "{% set ns = namespace(x=(1,)) %}{% for i in range(99) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ ns.x | tojson }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99999) %}{% set ns.x = ns.x | map('string') %}{% endfor %}",
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
        "{{ 'x' * 9999999999 }}", "{{ [1] * 9999999999 }}", "{{ 'x'.center(9999999999) }}", "{{ '%999999999d' % 1 }}",
        "{{ '{:999999999}'.format(1) }}", "{{ [1] | batch(9999999999, 0) | list }}",
        "{{ [1] | slice(9999999999) | list }}",
        "{{ 'a\\nb' | indent(9999999999) }}", "{{ [[1]] | tojson(indent=9999999999) }}",
        "{{ 'a\\tb'.expandtabs(999999999) }}",
        "{{ '%.999999999f' % 1.5 }}", "{{ 'x' | center(99999999999) }}", "{{ '5'.zfill(99999999999) }}",
        "{% macro m() %}{{ kwargs }}{% endmacro %}{% set ns = namespace(d={}) %}{% for i in range(9999) %}"
            + "{% set ns.d = dict(ns.d, **{i ~ '': 1}) %}{% endfor %}{{ m(**ns.d) }}",
    ]

    @Test("A bound ends what would not end", arguments: endless)
    func bounds(source: String) throws {
        let error = try #require(try error(source))
        #expect(error.kind == .limit, "\(error)")
        #expect(error.position != nil)
        #expect(error.errorDescription?.contains("line 1, column ") == true)
    }

    @Test("Searching what repeats takes the time of its length")
    func search() throws {
        let text = String(repeating: "a", count: 200_000)
        let part = String(repeating: "a", count: 100_000) + "b"
        let context = #"{"text": "\#(text)", "part": "\#(part)"}"#
        for use in [
            "{{ part in text }}", "{{ text.find(part) }}", "{{ text.rfind(part) }}", "{{ text.count(part) }}",
            "{{ text.split(part) | length }}", "{{ text.rsplit(part) | length }}",
            "{{ text.replace(part, '') | length }}",
        ] {
            let seconds = try processorSeconds { () throws in #expect(try error(use, context) == nil) }
            #expect(seconds < 20, "\(use)")
        }
    }

    @Test("A template that is nested too deep is refused before it is read down")
    func nesting() throws {
        func nested(_ open: String, _ middle: String, _ close: String, _ count: Int = 20_000) -> String {
            String(repeating: open, count: count) + middle + String(repeating: close, count: count)
        }
        let deep = [
            nested("{{ (", "1", ") }}"), "{{ " + nested("(", "1", ")") + " }}", "{{ " + nested("[", "", "]") + " }}",
            nested("{% if 1 %}", "", "{% endif %}"), "{{ " + nested("not ", "1", "") + " }}",
            "{{ " + nested("-", "1", "") + " }}", "{{ 1" + nested(" + 1", "", "") + " }}",
            "{{ x" + nested(".x", "", "") + " }}",
            "{{ 1" + nested(" | int", "", "") + " }}", "{{ 1" + nested(" if 1 else 1", "", "") + " }}",
            "{% set " + nested("(", "x", ")") + " = 1 %}", "{{ f" + nested("()", "", "") + " }}",
        ]
        for source in deep {
            let error = try #require(try error(source), "\(source.prefix(30))")
            #expect(error.kind == .limit, "\(error) of \(source.prefix(30))")
            #expect(error.message.contains("levels"), "\(error) of \(source.prefix(30))")
        }
        // What cannot be read at all is told as that, however deep it is.
        for source in [nested("{{ (", "1", ")"), "{{ " + nested("(", "1", "]") + " }}", nested("{% if 1", "", "%}")] {
            let error = try #require(try error(source), "\(source.prefix(30))")
            #expect(error.kind == .syntax, "\(error) of \(source.prefix(30))")
        }
        let error = try #require(try error(String(repeating: "x", count: JinjaLimits.sourceBytes + 1)))
        #expect(error.kind == .limit)
    }

    @Test("Errors name line and column of the template, by code points")
    func positions() throws {
        let cases: [(source: String, line: Int, column: Int)] = [
            ("a\nb {% nope %}", 2, 6), ("{{ 'é👩‍👧' ~ x.y.z }}", 1, 14), ("{{ 1\n\n  | nope }}", 3, 5),
            ("a\r\n\r{{ 1 + }}", 3, 8), ("{% if 1 %}\n{{ raise_exception('No') }}{% endif %}", 2, 19),
            ("{% for x in xs %}", 1, 18), ("{{ 'abc }}", 1, 4), ("{{ (1] }}", 1, 6), ("\n  {{ 5.x.y }}", 2, 9),
        ]
        for (source, line, column) in cases {
            let position = try #require(try error(source)?.position, "\(source)")
            #expect([position.line, position.column] == [line, column], "\(source): \(position)")
        }
    }

    @Test("A refusal of the template's own is told by its words")
    func raised() throws {
        let error = try #require(try error("{{ raise_exception('Roles must alternate') }}"))
        #expect(error.kind == .raised)
        #expect(error.message == "Roles must alternate")
        #expect(error.errorDescription == "The chat template refuses the conversation: Roles must alternate")
        #expect(error.recoverySuggestion?.isEmpty == false)
    }

    @Test("The date is refused where none is stated")
    func date() throws {
        #expect(try error("{{ strftime_now('%Y') }}")?.kind == .unsupported)
        let day = try #require(CalendarDay("2024-02-29"))
        #expect(JinjaClock(day, hour: 23, minute: 59, second: 59) != nil)
        #expect(JinjaClock(day, hour: 24) == nil && JinjaClock(day, minute: 60) == nil)
    }

    @Test("Numbers beyond 64 bits are refused, not rounded")
    func numbers() throws {
        let large = try error("{{ x }}", #"{"x": 123456789012345678901234567890}"#)
        #expect(large?.kind == .unsupported)
        #expect(large?.errorDescription?.hasPrefix("The chat template cannot be rendered: ") == true)
        #expect(try error("{{ x + 1 }}", #"{"x": 9223372036854775807}"#)?.kind == .unsupported)
    }

    @Test("A generation block inside of a macro has no place, and the text is there all the same")
    func misplacedGeneration() throws {
        let source = "{% macro m() %}{% generation %}a{% endgeneration %}{% endmacro %}x{{ m() }}"
        let template = try JinjaTemplate(source: source)
        #expect(template.marksGeneration)
        let rendering = try template.render(context: JSONObject([]))
        #expect(rendering.text == "xa")
        #expect(rendering.generated == nil)
        #expect(try !JinjaTemplate(source: "x").marksGeneration)
    }

    @Test("One template renders on many threads")
    func concurrent() async throws {
        let template = try JinjaTemplate(source: "{% for x in xs %}{{ loop.index }}{{ x }}{% endfor %}")
        let context = try #require(try JSONReader.parse(#"{"xs": [3, 1]}"#, name: "context").objectValue)
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try template.render(context: context).text } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts == Array(repeating: "1321", count: 16))
    }
}
