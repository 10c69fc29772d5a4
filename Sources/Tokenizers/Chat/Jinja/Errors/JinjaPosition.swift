/// Where something stands in a template: line and column from 1, columns in code points, lines as Jinja counts them.
package struct JinjaPosition: Sendable, Equatable {
    package let line: Int
    package let column: Int
}
