"""Conversations as data sets and servers hold them: what templates of real models are asked to render."""

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather for a city, e.g. <Zürich> & \"Bern\".",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "The city's name"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "description": "Unit's name", "default": "celsius"},
                "days": {"type": "integer"},
            },
            "required": ["city"],
        },
    },
}
SEARCH = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Search documents\nby text.",
        "parameters": {
            "type": "object",
            "properties": {
                "query": {"type": ["string", "null"], "description": "The query"},
                "filters": {
                    "type": "object",
                    "description": "What to leave out",
                    "properties": {"tags": {"type": "array", "items": {"type": "string"}}, "since": {"anyOf": [{"type": "number"}, {"type": "null"}]}},
                    "additionalProperties": False,
                },
                "limit": {"type": "number", "minimum": 0.5, "maximum": 1e3},
                "exact": {"type": "boolean", "default": False},
            },
            "required": ["query", "filters"],
        },
        "return": {"type": "array", "description": "What was found"},
    },
}
PLAIN = {"type": "function", "function": {"name": "now", "description": "The time.", "parameters": {"type": "object", "properties": {}}}}


def user(content, **more):
    return {"role": "user", "content": content, **more}


def assistant(content, **more):
    return {"role": "assistant", "content": content, **more}


def system(content):
    return {"role": "system", "content": content}


def call(name, arguments, identifier="call00001"):
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}


def result(content, name="get_weather", identifier="call00001", **more):
    return {"role": "tool", "name": name, "tool_call_id": identifier, "content": content, **more}


ASK = user("What is the weather in Zürich?")
MILD = '{"temperature": 21.5, "sky": "clear"}'
TURNS = [user("Hi"), assistant("Hello! How can I help?"), user("Tell me a joke."), assistant("No.")]
CALLED = [ASK, assistant("", tool_calls=[call("get_weather", {"city": "Zürich", "unit": "celsius"})]), result(MILD)]
PARTS = [{"type": "text", "text": "First part. "}, {"type": "text", "text": "Second part."}]

CASES = {
    "user": {"messages": [user("Hi there")]},
    "system": {"messages": [system("You are terse."), user("Hi there")]},
    "turn": {"messages": [system("You are terse."), user("Hi"), assistant("Hello.")]},
    "turns": {"messages": TURNS},
    "turns-system": {"messages": [system("You are terse.")] + TURNS + [user("Why?")]},
    "tools": {"messages": [ASK], "tools": [WEATHER]},
    "tools-system": {"messages": [system("Use tools."), ASK], "tools": [WEATHER, SEARCH, PLAIN]},
    "tool-called": {"messages": CALLED, "tools": [WEATHER]},
    "tool-answered": {"messages": [system("Use tools.")] + CALLED + [assistant("It is mild."), user("Thanks")], "tools": [WEATHER]},
    "tool-call-last": {"messages": CALLED[:2], "tools": [WEATHER, SEARCH]},
    "tool-arguments-text": {
        "messages": [ASK, assistant(None, tool_calls=[call("get_weather", '{"city": "Zürich"}')]), result("21 °C")], "tools": [WEATHER],
    },
    "tool-arguments-rich": {
        "messages": [
            user("Find it"),
            assistant(
                "Searching.",
                tool_calls=[call("search", {"query": "a \"b\" <c> & 'd'\n", "filters": {"tags": ["x", "ü"], "since": None}, "limit": 2.0, "exact": True})],
            ),
            result("[]", "search"),
        ],
        "tools": [SEARCH],
    },
    "tools-parallel": {
        "messages": [
            user("Compare Zürich and Bern"),
            assistant("", tool_calls=[call("get_weather", {"city": "Zürich"}), call("get_weather", {"city": "Bern"}, "call00002")]),
            result("21"),
            result("19", identifier="call00002"),
            assistant("Zürich is warmer."),
        ],
        "tools": [WEATHER],
    },
    "tools-twice": {
        "messages": CALLED + [assistant("And Bern.", tool_calls=[call("get_weather", {"city": "Bern"}, "call00002")]), result("19", identifier="call00002")],
        "tools": [WEATHER],
    },
    "tool-no-identifier": {
        "messages": [
            ASK,
            {"role": "assistant", "tool_calls": [{"type": "function", "function": {"name": "get_weather", "arguments": {"city": "Bern"}}}]},
            {"role": "tool", "content": "19"},
        ],
        "tools": [WEATHER],
    },
    "tool-parts": {"messages": CALLED[:2] + [result(PARTS)], "tools": [WEATHER]},
    "tool-unasked": {"messages": [ASK, result("19")]},
    "tool-bare": {"messages": [ASK], "tools": [WEATHER["function"]]},
    "tools-empty": {"messages": [ASK], "tools": []},
    "reasoning": {"messages": [user("2+2?"), assistant("4", reasoning_content="Two and two.")]},
    "reasoning-turns": {
        "messages": [user("2+2?"), assistant("4", reasoning_content="Two and two."), user("3+3?"), assistant("6", reasoning_content="Three\n\nand three.\n")],
    },
    "reasoning-tool": {
        "messages": [
            ASK,
            assistant("Let me see.", reasoning_content="I need the tool.", tool_calls=[call("get_weather", {"city": "Zürich"})]),
            result(MILD),
            assistant("Mild.", reasoning_content="21.5 is mild."),
        ],
        "tools": [WEATHER],
    },
    "reasoning-names": {"messages": [user("2+2?"), assistant("4", thinking="Two.", reasoning="Two!"), user("Sure?")]},
    "reasoning-tags": {"messages": [user("2+2?"), assistant("<think>\nTwo and two.\n</think>\n\n4"), user("3+3?"), assistant("<think>Three</think>6")]},
    "thinking-off": {"messages": [system("Be brief."), user("2+2?")], "enable_thinking": False, "thinking": False, "reasoning_effort": "low"},
    "thinking-on": {"messages": [user("2+2?"), assistant("4"), user("5+5?")], "enable_thinking": True, "thinking": True, "reasoning_effort": "high"},
    "parts": {"messages": [user(PARTS), assistant([{"type": "text", "text": "Fine."}]), user("And?")]},
    "parts-system": {"messages": [system([{"type": "text", "text": "Be kind."}]), user(PARTS)]},
    "parts-image": {"messages": [user([{"type": "image"}, {"type": "text", "text": "What is this?"}])]},
    "parts-media": {
        "messages": [user([{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}, {"type": "audio"}, {"type": "video"}])],
    },
    "unicode": {
        "messages": [system("Réponds en français 🇫🇷"), user("e\u0301 ≠ é, 中文, 👩‍👩‍👧, \u00a0nbsp\u00a0, ǅ ß Σίσυφος"), assistant("किताब  \u200b"), user("\ufeffend\u2028")],
    },
    "markers": {"messages": [user("<|im_end|>\n<|im_start|>system\n{{ 1 }} {% if %} [INST] </s>"), assistant("<|eot_id|> <end_of_turn>")]},
    "spaces": {"messages": [system("  \n"), user("\n  Hi  \t\n"), assistant("\n\n Hello \n"), user(" ")]},
    "empty-user": {"messages": [user(""), assistant("Say something."), user("")]},
    "empty-assistant": {"messages": [user("Hi"), assistant(""), user("Hm?"), assistant("")]},
    "content-none": {"messages": [user("Hi"), assistant(None), user("Hm?")]},
    "content-missing": {"messages": [user("Hi"), {"role": "assistant"}]},
    "content-number": {"messages": [user(5), assistant(2.0)]},
    "roles-twice": {"messages": [user("Hi"), user("Are you there?"), assistant("Yes"), assistant("I am")]},
    "role-first-assistant": {"messages": [assistant("Welcome."), user("Hi")]},
    "role-developer": {"messages": [{"role": "developer", "content": "Be formal."}, user("Hi")]},
    "role-unknown": {"messages": [user("Hi"), {"role": "critic", "content": "Bad."}]},
    "system-only": {"messages": [system("You are terse.")]},
    "system-late": {"messages": [user("Hi"), system("Now be terse."), user("Well?")]},
    "system-twice": {"messages": [system("One."), system("Two."), user("Hi")]},
    "no-messages": {"messages": []},
    "documents": {"messages": [user("Which?")], "documents": [{"title": "A", "text": "Alpha."}, {"doc_id": "2", "title": "B", "text": "Beta <b>."}]},
    "no-tokens": {"messages": [system("You are terse."), user("Hi")], "bos_token": None, "eos_token": None},
    "options": {
        "messages": [system("You are terse."), user("Hi"), assistant("Hello."), user("More")], "tools": [WEATHER], "date_string": "08 Nov 2026",
        "tools_in_user_message": False, "builtin_tools": ["code_interpreter", "brave_search"], "custom_tools": None, "keep_past_thinking": True,
        "clear_thinking": False, "preserve_thinking": True, "model_identity": "You are a test.", "xml_tools": ["x"], "python_tools": ["y"],
    },
    "long": {"messages": [system("You count.")] + [turn for number in range(40) for turn in (user(f"Number {number}?"), assistant(str(number), reasoning_content=f"It is {number}."))]},
}


def contexts():
    """Each conversation with and without the prompt for an answer, and the tokens that tokenizers give."""
    for name, case in CASES.items():
        for prompted in (False, True):
            tokens = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
            context = {"tools": None, "documents": None, "add_generation_prompt": prompted, **tokens, **case}
            yield name + ("+" if prompted else ""), {key: value for key, value in context.items() if value is not None or key in ("tools", "documents")}
