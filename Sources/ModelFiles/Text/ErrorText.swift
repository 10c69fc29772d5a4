/// A foreign name as an error message shows it: in quotes, control characters escaped, cut where it is very long.
package func quoted(_ name: String) -> String {
    let limit = 200
    let shown = name.count > limit ? name.prefix(limit) + "…" : name[...]
    return JSONText.quote(String(shown))
}
