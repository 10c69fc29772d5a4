import ForeignText

/// A foreign name as an error message shows it: in quotes, hidden characters named, cut where it is very long.
package func quoted(_ name: String) -> String {
    JSONText.quote(ForeignText.shortened(name, to: 200))
}
