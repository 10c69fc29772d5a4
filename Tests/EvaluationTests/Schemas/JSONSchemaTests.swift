import Evaluation
import ModelFiles
import Testing

/// Values and verdicts as JSON Schema's own test suite has them (draft 2020-12, by keyword).
@Suite("JSON schemas")
struct JSONSchemaTests {
    private func schema(_ text: String) throws -> JSONSchema {
        var reader = JSONSchemaReader()
        let schema = reader.read(try JSONReader.parse(text, name: "schema"), at: [])
        try #require(reader.mistakes.isEmpty, "\(reader.mistakes)")
        return schema
    }

    @Test(
        "Every keyword tells what meets it from what does not",
        arguments: [
            (#"{"type": "integer"}"#, ["1", "1.0", "-7"], ["1.5", "\"1\"", "null", "true"]),
            (#"{"type": ["string", "null"]}"#, ["\"\"", "null"], ["0", "[]"]),
            (#"{"type": "number"}"#, ["1", "1.5"], ["\"1\""]),
            (
                #"{"enum": [1, "a", {"b": [2, null]}]}"#, ["1.0", "\"a\"", #"{"b": [2.0, null]}"#],
                ["2", #"{"b": [2]}"#]
            ),
            (#"{"const": {"a": 1, "b": 2}}"#, [#"{"b": 2, "a": 1}"#], [#"{"a": 1}"#, "null"]),
            (#"{"const": false}"#, ["false"], ["0", "[false]"]),
            (#"{"properties": {"a": {"type": "integer"}}}"#, ["{}", #"{"a": 1, "z": 0}"#, "12"], [#"{"a": "1"}"#]),
            (#"{"properties": {"a": true}, "additionalProperties": false}"#, [#"{"a": 0}"#, "3"], [#"{"b": 0}"#]),
            (#"{"additionalProperties": {"type": "null"}}"#, [#"{"b": null}"#], [#"{"b": 0}"#]),
            (#"{"required": ["a", "b"]}"#, [#"{"a": 1, "b": null}"#, "[]"], [#"{"a": 1}"#]),
            (#"{"items": {"minimum": 2}}"#, ["[2, 3]", "[]", "{}", "[\"a\"]"], ["[2, 1]"]),
            (#"{"minItems": 1, "maxItems": 2}"#, ["[1]", "[1, 2]", "\"\""], ["[]", "[1, 2, 3]"]),
            (#"{"minLength": 2, "maxLength": 3}"#, ["\"ab\"", "\"🎬🎬\"", "100"], ["\"a\"", "\"abcd\""]),
            (#"{"pattern": "^a+$"}"#, ["\"aaa\"", "3"], ["\"aab\""]),
            (#"{"pattern": "a"}"#, ["\"xax\""], ["\"x\""]),
            (#"{"minimum": 1.1}"#, ["1.1", "2", "\"x\""], ["1.0"]),
            (#"{"maximum": 3}"#, ["3", "2.5"], ["3.5"]),
            (#"{"exclusiveMinimum": 1, "exclusiveMaximum": 3}"#, ["2"], ["1", "3"]),
            (#"{"allOf": [{"minimum": 1}, {"maximum": 2}]}"#, ["1"], ["0", "3"]),
            (#"{"anyOf": [{"type": "string"}, {"minimum": 2}]}"#, ["\"x\"", "2"], ["1"]),
            (#"{"oneOf": [{"type": "integer"}, {"minimum": 2}]}"#, ["1", "2.5"], ["3", "1.5"]),
            (#"{"not": {"type": "null"}}"#, ["0"], ["null"]),
            ("true", ["null"], []), ("false", [], ["null"]), ("{}", ["[1]"], []),
            (#"{"title": "t", "$schema": "s", "description": "d", "default": 1, "examples": [2]}"#, ["\"x\""], []),
        ])
    func keyword(text: String, met: [String], missed: [String]) throws {
        let schema = try schema(text)
        for value in met {
            #expect(schema.failure(try JSONReader.parse(value, name: "value")) == nil, "\(value)")
        }
        for value in missed {
            #expect(schema.failure(try JSONReader.parse(value, name: "value"))?.isEmpty == false, "\(value)")
        }
    }

    @Test("Every keyword that is read is tried above")
    func complete() {
        let tried: Set = [
            "type", "enum", "const", "properties", "additionalProperties", "required", "items", "minItems", "maxItems",
            "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "allOf",
            "anyOf", "oneOf", "not",
        ]
        #expect(Set(JSONSchemaReader.keywords) == tried)
    }

    @Test("A failure says where in the value, and what")
    func places() throws {
        let schema = try schema(#"{"properties": {"days": {"items": {"properties": {"n": {"type": "integer"}}}}}}"#)
        let value = try JSONReader.parse(#"{"days": [{"n": 1}, {"n": "x"}]}"#, name: "value")
        #expect(schema.failure(value) == "days[1].n is not of type integer")
    }

    @Test(
        "What would not be judged by is a mistake, with its place",
        arguments: [
            (#"{"properties": {"a": {"typ": "string"}}}"#, [JSONStep.key("properties"), .key("a"), .key("typ")]),
            (#"{"format": "date"}"#, [.key("format")]), (#"{"$ref": "x"}"#, [.key("$ref")]),
            (#"{"type": "text"}"#, [.key("type")]), (#"{"type": []}"#, [.key("type")]),
            (#"{"anyOf": [true, {"pattern": "("}]}"#, [.key("anyOf"), .index(1), .key("pattern")]),
            (#"{"minItems": -1}"#, [.key("minItems")]), (#"{"minLength": 3, "maxLength": 2}"#, [.key("minLength")]),
            (#"{"required": [1]}"#, [.key("required")]), (#"{"items": [true]}"#, [.key("items")]),
            (#"{"allOf": []}"#, [.key("allOf")]), (#"{"minimum": "1"}"#, [.key("minimum")]),
            (#"{"properties": []}"#, [.key("properties")]), ("3", []),
        ])
    func mistakes(text: String, place: [JSONStep]) throws {
        var reader = JSONSchemaReader()
        _ = reader.read(try JSONReader.parse(text, name: "schema"), at: [])
        #expect(reader.mistakes.map(\.path) == [place], "\(reader.mistakes)")
        #expect(reader.mistakes.allSatisfy { !$0.problem.isEmpty })
    }
}
