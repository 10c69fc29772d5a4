"""Random expressions of Jinja, small enough to be read when one differs."""

TEXTS = [
    "''", "'a'", "'ab c'", "'aXbXc'", "'  x \\n y\\t'", "'e\\u0301'", "'é'", "'\\u0301x'", "'-\\u0301 5'", "'a.\\u0301b'", "'👩\\u200d👧 x'",
    "'ǆ ﬁ straße'", "'ΑΣ. ΑΣ'", "'İi'", "'<b> & \"q\"'", "'a\\r\\nb\\nc\\u2028d'", "'5'", "'-12'", "'+7.5'", "' 42 '", "'0x1f'", "'0b101'", "'0o17'", "'1_000'", "'1e3'", "'٣'", "'nan'", "'-inf'",
    "'%s'", "'{}'", "'foo bar baz qux quux'", "'a,b,,c'", "'aaa'", "'abcabc'", "'hello-world (x) it\\'s'", "s", "nfc", "nfd", "('<i>x</i>'|safe)", "('%s <%s>'|safe)", "('a b'|safe)", "('e\\u0301<'|safe)",
]
INTEGERS = ["0", "1", "2", "-1", "-3", "7", "n", "10", "255", "65", "0x301", "1234567", "-98765", "15", "25", "9223372036854775807", "6000000000000000000"]
FLOATS = ["0.0", "-0.0", "0.5", "1.5", "2.5", "-2.5", "x", "0.1", "1e16", "1.5e-7", "123456.789", "1234.5", "2.675", "1e22", "5e22", "1e300", "-0.04", "99.99", "1e-5"]
OTHERS = ["none", "true", "false", "missing", "nothing", "yes"]
LISTS = ["[]", "xs", "names", "[1, 2.0, 'a']", "['x', 'y']", "(1,)", "(1, 'b')", "()", "range(3)", "range(5, 0, -2)", "[[1, 2], [3]]", "people", "keys.items()", "keys.keys()", "[none, 'q', 0]", "['<', ('>'|safe)]"]
DICTIONARIES = ["keys", "{'a': 1, 'b': 'x'}", "{}", "{'e\\u0301': 1, 'é': 2}", "{1: 'a', 2.5: 'b', none: 'c'}", "people[0]"]
CHARACTERS = ["' '", "'*'", "'0'", "'<'", "'é'", "'e\\u0301'", "'\\u0301'", "('>'|safe)"]
PARTS = ["''", "'a'", "'X'", "'e'", "'\\u0301'", "'é'", "'aa'", "' '", "','", "'b'", "'<'", "'&lt;'", "'.'", "('<'|safe)", "5", "'abc'", "'x'"]
SIGNS = ["", "+", "-", " "]
TESTS = ["defined", "undefined", "none", "boolean", "true", "false", "integer", "float", "number", "string", "mapping", "sequence", "iterable", "callable", "escaped", "lower", "upper", "odd", "even", "divisibleby(3)", "eq(1)", "ne('a')", "lt(3)", "ge(2)", "in('abc')", "in([1, 'a', none])", "sameas(none)", "sameas(true)"]


class Grammar:
    def __init__(self, random):
        self.random = random

    def one(self, choices):
        return self.random.choice(choices)

    def maybe(self, text, chance=0.5):
        return text if self.random.random() < chance else ""

    def arguments(self, *parts):
        """The first few of them."""
        return ", ".join(parts[: self.random.randint(0, len(parts))])

    # Values.

    def value(self):
        kinds = [self.text, lambda: self.one(INTEGERS), lambda: self.one(FLOATS), lambda: self.one(OTHERS), lambda: self.one(LISTS), lambda: self.one(DICTIONARIES)]
        return self.random.choices(kinds, [6, 3, 3, 2, 3, 2])[0]()

    def text(self):
        text = self.one(TEXTS)
        return text if self.random.random() < 0.9 else f"({text} ~ {self.one(TEXTS)})"

    def small(self):
        return self.one(["0", "1", "2", "3", "4", "5", "7", "12", "-1", "-2", "none", "true"])

    # Expressions.

    def expression(self):
        return self.random.choices(
            [self.filtered, self.method, self.braces, self.percent, self.operation, self.subscript, self.test, self.chain],
            [7, 7, 5, 5, 2, 2, 1, 2],
        )[0]()

    def chain(self):
        return f"{self.operand()}|{self.filter()}|{self.filter()}"

    def operand(self):
        value = self.value()
        return f"({value})" if value.startswith("-") or "|" in value else value

    def filtered(self):
        shown = f"{self.operand()}|{self.filter()}"
        return shown + self.maybe("|list", 0.1)

    def filter(self):
        part, other, small = self.one(PARTS), self.one(PARTS), self.small()
        return self.one([
            "upper", "lower", "title", "capitalize", "trim", f"trim({part})", "string", "safe", "e", "forceescape", "length", "count", "wordcount", "first", "last", "list", "reverse", "abs", "float", f"float({small})",
            "int", f"int({small})", f"int(9, {self.one(['2', '8', '10', '16', '0', '36', '1', '37', 'none', 'true'])})",
            "round", f"round({small})", f"round({small}, '{self.one(['ceil', 'floor', 'common', 'nope'])}')", f"round({self.one(['-18', '-19', '-20', '-22', '20'])})",
            f"replace({part}, {other})", f"replace({part}, {other}, {small})", f"indent({small})", f"indent({part}, {self.one(['true', 'false'])}, {self.one(['true', 'false'])})", f"center({small})",
            f"truncate({self.arguments(self.one(['3', '4', '5', '9', '0']), self.one(['true', 'false']), self.one(PARTS + ['missing', 'none']), self.small())})", f"truncate({self.one(['4', '6', '12'])}, end={self.one(PARTS)}, leeway=0)",
            f"join({part})", "join", f"default({part})", f"default({part}, true)", "sum", f"sum(start={self.one(['1', '[]', '0.5', '()'])})", "min", "max", "sort", "sort(reverse=true)", "sort(case_sensitive=true)", "unique|list", "unique(true)|list",
            f"batch({self.one(['1', '2', '3'])})|list", f"batch(2, {part})|list", f"slice({self.one(['1', '2', '3', '0', '-1'])})|list", f"slice(2, {part})|list", "map('upper')|list", "map('length')|list", "map('title')|join('|')", "select('string')|list", "reject('in', [1, 'b'])|list",
            "map(attribute='name')|join(',')", "selectattr('age')|map(attribute='name')|list", "groupby('age', default=0)|list|length", "dictsort", "dictsort(true)", f"dictsort(by='{self.one(['key', 'value'])}')", "items|list",
            "tojson", f"tojson(indent={self.one(['1', '0', 'none', '-1'])})", "tojson(ensure_ascii=true)", "tojson(sort_keys=true)", f"tojson(separators=({self.one(CHARACTERS)}, ':'))", f"attr('{self.one(['upper', 'keys', 'zzz', '__class__'])}') is defined", f"format({self.value()})",
        ])

    def method(self):
        part, other, small = self.one(PARTS), self.one(PARTS), self.small()
        name = self.one([
            "upper()", "lower()", "title()", "capitalize()", "swapcase()", f"strip({self.maybe(part)})", f"lstrip({self.maybe(part)})", f"rstrip({self.maybe(part)})", f"replace({part}, {other})", f"replace({part}, {other}, {small})",
            f"removeprefix({part})", f"removesuffix({part})", f"center({small}, {self.one(CHARACTERS)})", f"ljust({small}, {self.one(CHARACTERS)})", f"rjust({small}, {self.one(CHARACTERS)})", f"center({small})", f"zfill({small})", f"expandtabs({small})",
            f"join({self.one(LISTS)})", f"startswith({part})", f"startswith({part}, {small})", f"endswith({part}, {small}, {self.small()})", f"startswith(({part}, {other}))", f"find({part})", f"find({part}, {small})", f"rfind({part}, {small}, {self.small()})", f"index({part})", f"count({part})", f"count({part}, {small}, {self.small()})",
            "split()", f"split({part})", f"split({part}, {small})", f"rsplit({part}, {small})", f"split(none, {small})", f"rsplit(none, {small})", "splitlines()", "splitlines(true)", f"partition({part})", f"rpartition({part})",
            "isalnum()", "isalpha()", "isspace()", "isdecimal()", "isdigit()", "isnumeric()", "isascii()", "isprintable()", "isidentifier()", "islower()", "isupper()", "istitle()",
        ])
        return f"{self.text()}.{name}"

    # Formats.

    def specification(self):
        align = self.one(["", "", "<", ">", "^", "=", "*<", "0>", "é^", "\u0301=", "x^", "0="])
        return (
            align + self.one(["", "", "", "+", " ", "-"]) + self.maybe("z", 0.07) + self.maybe("#", 0.2) + self.maybe("0", 0.25) + self.maybe(str(self.random.randint(1, 14)), 0.6) + self.one(["", "", "", ",", "_"])
            + self.maybe("." + str(self.random.randint(0, 8)), 0.3) + self.one(["", "", "s", "d", "x", "X", "o", "b", "c", "e", "E", "f", "F", "g", "G", "%", "n", "q"])
        )

    def braces(self):
        value = self.operand()
        field = self.random.choices(
            ["{:" + self.specification() + "}", "{!" + self.one("rsaq") + self.maybe(":" + self.specification()) + "}", self.one(["{}", "{0}", "{0}{}", "{}{0}", "{}{0[0]}", "{[0]}", "{.x}", "{0.__class__}", "{a}", "{0[b]}", "{0[name]}", "{0[}]}", "{0[", "{{}}{}", "}", "{", "{}}", "{:{}}", "{0:{1}}", "{0!r:>9}", "{0.a.b}", "{0[0]x}", "{0[]}", "{1}", "{:}}", "{!}", "{!r", "{0!rx}", "{a[0]}", "{é}"])],
            [6, 1, 3],
        )[0]
        marked = self.random.random() < 0.15
        source = "'a" + field + "b'"
        arguments = ", ".join([value] + [self.one(["5", "'>8'", "x", "a='q'", "s"])] * (self.random.random() < 0.3))
        return f"({source}|safe).format({arguments})" if marked else f"{source}.format({arguments})"

    def conversion(self):
        return (
            "%" + self.maybe("(a)", 0.1) + "".join(self.one("-+ #0") for _ in range(self.random.randint(0, 2))) + self.one(["", "", "5", "12", "*", "0"]) + self.one(["", "", "", ".2", ".0", ".", ".*", ".9"]) + self.maybe("l", 0.05) + self.one("sssddiuxXorace%fFgGEq")
        )

    def percent(self):
        marked = self.random.random() < 0.15
        source = "'" + "|".join(self.conversion() for _ in range(self.one([1, 1, 1, 2]))) + "'"
        if marked:
            source = f"({source}|safe)"
        arguments = self.random.choices(
            [self.operand(), f"({self.operand()},)", f"({self.operand()}, {self.operand()})", f"({self.small()}, {self.operand()})", f"{{'a': {self.value()}}}"], [4, 2, 2, 3, 1]
        )[0]
        return f"{source} % {arguments}"

    # The rest.

    def operation(self):
        operator = self.one(["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", ">=", "in", "not in", "and", "or"])
        left, right = self.operand(), self.operand()
        if operator == "**":
            left, right = self.one(["2", "-3", "1.5", "0", "true", "'a'"]), self.one(["0", "3", "-1", "0.5", "none", "62"])
        if operator == "*":
            right = self.one(["0", "2", "3", "-1", "1.5", "true", "'a'"])
        return f"{left} {operator} {right}"

    def subscript(self):
        bound = lambda: self.one(["", "", "0", "1", "2", "-1", "-2", "5", "-9", "none"])
        item = self.one(["0", "-1", "3", "'b'", "'é'", "'e\\u0301'", "nfd", "true", "1.0", "none", "'name'"])
        cut = bound() + ":" + bound() + self.maybe(":" + self.one(["1", "2", "-1", "-2", "0"]))
        # A slice of an object that is written out is nothing to jinja2, of any other an error.
        value, key = self.one([(self.text(), item), (self.text(), cut), (self.one(LISTS), item), (self.one(LISTS), cut), (self.one(DICTIONARIES), item)])
        return f"({value})[{key}]" + self.maybe("|length", 0.1)

    def test(self):
        return f"{self.operand()} is {self.maybe('not ', 0.2)}{self.one(TESTS)}"
