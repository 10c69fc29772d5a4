import ModelFiles
import TestSupport
import Testing
import Tokenizers

/// Templates come from the internet: whatever an author writes takes no more stack, time or memory than a bound says.
@Suite("What chat templates cost is charged")
struct JinjaChargeTests {
    private func error(_ source: String, steps: Int = 200_000) throws -> JinjaError? {
        var limits = JinjaLimits()
        limits.steps = steps
        limits.outputBytes = 1 << 20
        let long = String(repeating: "ab", count: 40_000)
        let text = #"{"long": "\#(long)", "n": 1, "xs": [3, 1, 2]}"#
        let context = try #require(try JSONReader.parse(text, name: "context").objectValue)
        do {
            _ = try JinjaTemplate(source: source, options: JinjaOptions(limits: limits)).render(context: context)
            return nil
        } catch let error as JinjaError { return error }
    }

    // MARK: Stack

    /// What makes a generator that asks the one in `ns.g` for an element, and hides how deep that one is.
    static let links = [
        "[namespace(x=ns.g)] | map(attribute='x') | map('first')",
        "[namespace(x=ns.g)] | map(attribute='x') | map('join')",
        "[namespace(x=ns.g)] | map(attribute='x') | map('sum')",
        "[1] | select('in', ns.g)", "[1] | reject('in', ns.g)", "[{'a': 1}] | selectattr('a', 'in', ns.g)",
        "[1] | map('default', ns.g) | map('max')", "[namespace(x=ns.g)] | map(attribute='x') | map('min') | unique",
        "[namespace(x=ns.g)] | map(attribute='x') | map('list') | batch(1) | map('first') | map('first')",
    ]

    @Test("Generators that ask one another end in an error, not at the stack's end", arguments: links)
    func chains(link: String) throws {
        let error = try #require(try error(Self.chain(of: link) + "{{ ns.g | first }}", steps: 5_000_000))
        #expect(error.kind == .limit)
        #expect(!error.message.contains("steps"), "\(error)")
        #expect(error.position != nil)
    }

    private static func chain(of link: String) -> String {
        "{% set ns = namespace(g=[1]) %}{% for i in range(20000) %}{% set ns.g = \(link) %}{% endfor %}"
    }

    @Test("A chain that no one goes down is let go of without the stack's end", arguments: links)
    func release(link: String) throws {
        let error = try error(Self.chain(of: link), steps: 5_000_000)
        // A chain that no namespace hides is refused as it is made.
        let isRefused = error?.message.hasPrefix("values are nested deeper") == true
        #expect(error == nil || isRefused, "\(error.debugDescription)")
    }

    // MARK: Size

    @Test("A text that is joined is measured on the way")
    func concatenation() throws {
        // What stands last cannot be written, and is not come to.
        let parts = Array(repeating: "long", count: 20).joined(separator: " ~ ")
        #expect(try error("{{ \(parts) ~ range }}")?.kind == .limit)
        #expect(try error("{{ long ~ range }}")?.kind == .unsupported)
    }

    @Test("A text is measured in bytes, not in characters")
    func bytes() throws {
        for use in [
            "{{ ('a' * 100000).replace('a', '👍👍👍') | length }}", "{{ ('a' * 100000) | replace('', '👍👍👍') | length }}",
            "{{ ('a' * 300000).replace('a', '<é>') | length }}",
        ] {
            let error = try #require(try error(use, steps: 5_000_000), "\(use)")
            #expect(error.kind == .limit)
            #expect(error.message.contains("grows beyond 1048576 bytes"), "\(error)")
        }
        #expect(try error("{{ ('a' * 1000).replace('a', '👍👍👍') | length }}") == nil)
    }

    // MARK: Steps

    /// Each of them goes through something long, a thousand times.
    static let uses = [
        // Padding that adds little or nothing.
        "long.center(1)", "long.ljust(1)", "long.rjust(1)", "long.zfill(1)", "long | center(1)", "long.center(80001)",
        "long | truncate(100000)", "long | truncate(9)",
        // Texts that are looked for.
        "'a'.find(long)", "'a'.rfind(long)", "'a'.count(long)", "long in 'a'", "'a'.split(long)", "'a'.rsplit(long)",
        "'a'.partition(long)", "'a'.replace(long, '')", "'a' | replace(long, '')", "'a'.startswith(long)",
        "'a'.endswith(('b', long))", "'a'.removeprefix(long)", "'a'.removesuffix(long)", "'a'.strip(long)",
        "'a' | trim(long)",
        // Names and paths.
        "xs[long] is defined", "n[long] is defined", "namespace()[long] is defined", "xs | attr(long) is defined",
        "[1] | map(attribute=long) | list", "[] | sort(attribute=long)", "long is filter", "long is test",
        // Numbers, queries and texts of one kind or another.
        "long | int", "long | float", "long is lower", "long is upper", "long | e", "'{:.1}'.format(long)",
        "'%.1s' % long", "('%.1s' | safe) % long", "'{0[0]}'.format(long)", "long ~ ''",
        // Parts of tuples and objects.
        "tuple[:]", "tuple[::-1]", "tuple + ()", "tuple * 1", "tuple == tuple", "object | dictsort",
        "object | tojson(sort_keys=true)",
    ]

    @Test("What goes through something long takes more than a step", arguments: uses)
    func charges(use: String) throws {
        let start =
            "{% set tuple = (1,) * 5000 %}{% set ns = namespace(o={}) %}{% for i in range(50) %}"
            + "{% set ns.o = dict(ns.o, **{'k' ~ i: [i] * 100}) %}{% endfor %}{% set object = ns.o %}"
        let loop = "{% for i in range(1000) %}{% set q = \(use) %}{% endfor %}"
        #expect(try error(start) == nil)
        let error = try #require(try error(start + loop), "\(use)")
        #expect(error.kind == .limit, "\(use): \(error)")
        #expect(error.message.contains("more than 200000 steps"), "\(error)")
    }

    @Test("A loop over a text that is left at once does not count the text's characters")
    func leaving() throws {
        func source(_ body: String) -> String {
            "{% for i in range(20000) %}{% for c in long %}\(body){% break %}{% endfor %}{% endfor %}"
        }
        let seconds = try processorSeconds { () throws in
            #expect(try error(source(""), steps: 1_000_000) == nil)
            #expect(try error(source("{% set q = loop.length %}"), steps: 1_000_000)?.kind == .limit)
        }
        #expect(seconds < 60)
    }

    @Test("Names, literals and arguments take a step each")
    func leaves() throws {
        func repeated(_ part: String) -> String { Array(repeating: part, count: 3_000).joined(separator: ", ") }
        for source in [
            "{% set q = [\(repeated("1"))] %}", "{% set q = [\(repeated("n"))] %}",
            "{% set q = [\(repeated("'x'"))] %}", "{% set q = (\(repeated("none"))) %}",
            "{% set q = range.x(\(repeated("n"))) %}", "{{ loop(\(repeated("1.5"))) }}",
            "{{ n is eq(\(repeated("true"))) }}",
        ] {
            let error = try #require(try error(source, steps: 2_500), "\(source.prefix(40))")
            #expect(error.kind == .limit, "\(error) of \(source.prefix(40))")
        }
    }

    @Test("Looking for a name takes its length, in each body on the way")
    func names() throws {
        let name = String(repeating: "x", count: 20_000)
        func source(_ name: String) -> String {
            "{% for i in range(2000) %}{% set q = \(name) is defined %}{% endfor %}"
        }
        #expect(try error(source("x")) == nil)
        #expect(try error(source(name))?.kind == .limit)
        #expect(try error(source("xs.\(name)"))?.kind == .limit)
        let loops = (start: String(repeating: "{% for i in [1] %}", count: 140), end: "{% endfor %}")
        let deep = loops.start + source("n") + String(repeating: loops.end, count: 140)
        #expect(try error(source("n")) == nil)
        #expect(try error(deep)?.kind == .limit)
    }

    @Test("Items of an object are made as they are asked for")
    func items() throws {
        let start = "{% set d = dict(range(20000) | batch(2) | list) %}{% set v = d.items() %}"
        let first = "{% for i in range(90000) %}{% set q = v | first %}{% set q = d | items | first %}{% endfor %}"
        let seconds = try processorSeconds { () throws in #expect(try error(start + first, steps: 5_000_000) == nil) }
        #expect(seconds < 60)
        let all = "{% for i in range(99) %}{% set q = v | list %}{% endfor %}"
        #expect(try error(start + all)?.kind == .limit)
    }

    @Test("What is kept until the end takes steps for its memory")
    func kept() throws {
        let source = "{% for i in range(20000) %}{% set q = namespace() %}{% endfor %}"
        #expect(try error(source)?.kind == .limit)
    }
}
