"""What jinja2 makes of a template, set up as transformers sets it up, with a clock that stands still."""

import datetime

import jinja2
from transformers.utils.chat_template_utils import _compile_jinja_template, _render_with_assistant_indices

NOW = datetime.datetime(2026, 11, 8, 15, 4, 9)


def refusal(error):
    """The kinds by which lorad tells refusals, and the message where it is the template's or jinja2's own."""
    if isinstance(error, jinja2.TemplateSyntaxError) or isinstance(error, SyntaxError):
        return {"refusal": "syntax"}
    if isinstance(error, jinja2.UndefinedError):
        return {"refusal": "undefined", "message": error.message}
    if isinstance(error, jinja2.exceptions.SecurityError):
        return {"refusal": "security", "message": error.message}
    if type(error) is jinja2.TemplateError:
        return {"refusal": "raised", "message": str(error.message)}
    if isinstance(error, RecursionError):
        return {"refusal": "limit"}
    return {"refusal": "runtime", "python": f"{type(error).__name__}: {error}"}


def render(source, context):
    """The text, with the byte ranges of `{% generation %}` blocks where there are any, or the refusal."""
    context = dict(context)
    arguments = [context.pop(name, None) for name in ("messages", "tools", "documents", "add_generation_prompt")]
    try:
        template = _compile_jinja_template(source)
        template.environment.globals["strftime_now"] = lambda format: NOW.strftime(format)
        text, spans = _render_with_assistant_indices(template, *arguments, **context)
    except Exception as error:
        return refusal(error)
    row = {"text": text}
    if spans:
        row["generated"] = [[len(text[:place].encode()) for place in span] for span in spans]
    return row
