import ForeignText
import Testing

@Suite("Foreign text")
struct ForeignTextTests {
    @Test(
        "What people write stays as it is, in every script and in emoji",
        arguments: [
            "sentiment", "R&D <b> \"97%\"", "naïve café", "名前 中文 カタカナ", "Привет", "Ελληνικά", "مرحبا بالعالم", "שלום",
            "हिन्दी क्‍ष",
            "می\u{200C}خواهم", "👩\u{200D}👩\u{200D}👧", "❤\u{FE0F}\u{200D}🔥", "🏳\u{FE0F}\u{200D}🌈", "👍🏽", "🇩🇪",
            "1\u{FE0F}\u{20E3}", "☎\u{FE0F}",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "葛\u{E0100}", "\u{600}12", "e\u{301}", "",
        ])
    func kept(_ text: String) {
        #expect(Array(ForeignText.line(text).unicodeScalars) == Array(text.unicodeScalars))
        #expect(Array(ForeignText.block(text).unicodeScalars) == Array(text.unicodeScalars))
        #expect(ForeignText.isPlain(text))
    }

    @Test(
        "What is not seen, or controls what is, is named",
        arguments: [
            ("a\u{1B}[31mb", "a␛[31mb"), ("\0\u{7}\u{7F}", "␀␇␡"), ("a\u{9B}31m", "a⟨U+9B⟩31m"),
            ("\u{202E}gpj", "⟨U+202E⟩gpj"),
            ("\u{2066}x\u{2069}", "⟨U+2066⟩x⟨U+2069⟩"), ("pay\u{200B}pal", "pay⟨U+200B⟩pal"),
            ("a\u{200D}b", "a⟨U+200D⟩b"), ("a\u{FE0F}\u{200D}🔥", "a⟨U+FE0F⟩⟨U+200D⟩🔥"),
            ("a\u{200F}b", "a⟨U+200F⟩b"), ("\u{FEFF}x", "⟨U+FEFF⟩x"), ("so\u{AD}ft", "so⟨U+AD⟩ft"),
            ("A\u{FE01}", "A⟨U+FE01⟩"),
            ("x\u{E0041}", "x⟨U+E0041⟩"),
            (
                "🏴" + String(repeating: "\u{E0067}", count: 8),
                "🏴" + String(repeating: "\u{E0067}", count: 6)
                    + "⟨U+E0067⟩⟨U+E0067⟩"
            ), ("\u{3164}", "⟨U+3164⟩"), ("\u{FFFE}", "⟨U+FFFE⟩"),
            ("a\u{301}\u{1B}\u{301}", "a\u{301}␛\u{301}"),
            ("one\ntwo\r\nthree\rfour\u{85}five\u{2028}six\tseven", "one two three four five six seven"),
        ])
    func named(_ text: String, _ shown: String) {
        #expect(Array(ForeignText.line(text).unicodeScalars) == Array(shown.unicodeScalars))
        #expect(!ForeignText.isPlain(text))
    }

    @Test("Lines keep their line feeds and tabs, and name every other break")
    func block() {
        #expect(ForeignText.block("a\tb\nc\r\nd\u{2029}e\u{B}") == "a\tb\nc␍\nd⟨U+2029⟩e␋")
    }

    @Test("A value in a message is cut by scalars, and so are a hundred accents on one letter")
    func quoted() {
        #expect(
            ForeignText.quoted(String(repeating: "x", count: 41)) == "\"" + String(repeating: "x", count: 40) + "…\"")
        #expect(ForeignText.quoted("e" + String(repeating: "\u{301}", count: 100)).unicodeScalars.count == 43)
    }

    @Test(
        "Markdown marks nothing up and links to nothing",
        arguments: [
            ("movies (all): 97% – R&D, a-b 1.5", "movies (all): 97% – R&D, a-b 1.5"),
            ("a_b*c#d|e", "a\\_b\\*c\\#d\\|e"),
            ("![x](y) <b> ~~s~~ $z$ `c` \\", "!\\[x\\](y) &lt;b> \\~\\~s\\~\\~ \\$z\\$ \\`c\\` \\\\"),
            ("&lt; &#60; &x", "&amp;lt; &amp;\\#60; &x"),
            ("see https://evil.example now", "see `https://evil.example` now"),
            ("WWW.evil.example", "`WWW.evil.example`"),
            ("a@b.example @team", "`a@b.example` `@team`"), ("# h\r## i", "\\# h \\#\\# i"),
        ])
    func markdown(_ text: String, _ shown: String) {
        #expect(ForeignText.forMarkdown(text) == shown)
    }

    @Test("Code in Markdown is within more back quotes than it holds")
    func code() {
        #expect(ForeignText.forMarkdownCode("data/a.jsonl") == "`data/a.jsonl`")
        #expect(ForeignText.forMarkdownCode("a`b|\r") == "``` a`b¦  ```")
        #expect(ForeignText.forMarkdownCode("a````b") == "````` a````b `````")
        #expect(ForeignText.forMarkdownCode("") == "` `")
    }

    @Test("Literals read back as the text and show nothing hidden")
    func literals() {
        #expect(ForeignText.forYAML("a \"b\" \\ é\n") == "\"a \\\"b\\\" \\\\ é\\n\"")
        #expect(ForeignText.forPython("x\u{85}\u{202E}\u{1B}\u{E0041}") == "\"x\\u0085\\u202e\\u001b\\U000e0041\"")
        #expect(
            ForeignText.forJSON("{\n\"a\":\"\u{9B}\u{E0041}é\u{7F}\"}") == "{\n\"a\":\"\\u009b\\udb40\\udc41é\\u007f\"}"
        )
    }

    @Test("Chats: no marks in code, no entities in Slack's, no addresses where a service links by itself")
    func chats() {
        #expect(ForeignText.forChat("`<!channel>` & x", .slackCode, limit: 100) == "'&lt;!channel&gt;' &amp; x")
        #expect(
            ForeignText.forChat("<!channel> https://e.example", .slackText, limit: 100)
                == "&lt; !channel&gt; https: //e. example")
        #expect(ForeignText.forChat("`@here` \u{1B}", .code, limit: 100) == "'@here' ␛")
        #expect(ForeignText.forChat("@all www.e.example", .run, limit: 100) == "@ all www. e. example")
        #expect(
            ForeignText.forDiscord("sentiment: succeeded in 4m 31s", limit: 256) == "sentiment: succeeded in 4m 31s")
        #expect(ForeignText.forDiscord("[a](https://evil) @everyone", limit: 256) == "`[a](https://evil) @everyone`")
        #expect(ForeignText.forDiscord("a_b", limit: 4) == "`a…`")
        #expect(ForeignText.cut("👩‍👩‍👧👩‍👩‍👧", to: 9) == "👩‍👩‍👧…")
    }
}
