/// Upper and lower case, by Unicode's full mappings.
extension PythonText {
    static func upper(_ text: some Sequence<Unicode.Scalar>) -> String {
        var output = ""
        for scalar in text { output += scalar.properties.uppercaseMapping }
        return output
    }

    static func lower(_ text: some Collection<Unicode.Scalar>) -> String {
        let scalars = Array(text)
        var output = ""
        for index in scalars.indices { output += lower(scalars, at: index) }
        return output
    }

    /// A capital sigma at a word's end becomes the final one.
    private static func lower(_ scalars: [Unicode.Scalar], at index: Int) -> String {
        guard scalars[index] == "Σ" else { return scalars[index].properties.lowercaseMapping }
        let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
        let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
        return before?.properties.isCased == true && after?.properties.isCased != true ? "ς" : "σ"
    }

    static func capitalized(_ scalars: [Unicode.Scalar]) -> String {
        var output = ""
        for index in scalars.indices {
            output += index == 0 ? scalars[0].properties.titlecaseMapping : lower(scalars, at: index)
        }
        return output
    }

    /// `str.title`: each letter after one that has no case.
    static func title(_ scalars: [Unicode.Scalar]) -> String {
        var output = ""
        var isInWord = false
        for (index, scalar) in scalars.enumerated() {
            output += isInWord ? lower(scalars, at: index) : scalar.properties.titlecaseMapping
            isInWord = scalar.properties.isCased
        }
        return output
    }

    static func swapped(_ scalars: [Unicode.Scalar]) -> String {
        var output = ""
        for (index, scalar) in scalars.enumerated() {
            if scalar.properties.isUppercase {
                output += lower(scalars, at: index)
            } else if scalar.properties.isLowercase {
                output += scalar.properties.uppercaseMapping
            } else {
                output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// `islower`: some letters have a case, and it is this.
    static func isLower(_ text: String) -> Bool {
        var found = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isUppercase || scalar.isTitlecase { return false }
            found = found || scalar.properties.isLowercase
        }
        return found
    }

    static func isUpper(_ text: String) -> Bool {
        var found = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isLowercase || scalar.isTitlecase { return false }
            found = found || scalar.properties.isUppercase
        }
        return found
    }

    static func isTitle(_ text: String) -> Bool {
        var (isInWord, found) = (false, false)
        for scalar in text.unicodeScalars {
            if scalar.properties.isUppercase || scalar.isTitlecase {
                if isInWord { return false }
                (isInWord, found) = (true, true)
            } else if scalar.properties.isLowercase {
                if !isInWord { return false }
                found = true
            } else {
                isInWord = false
            }
        }
        return found
    }
}

extension Unicode.Scalar {
    fileprivate var isTitlecase: Bool { properties.generalCategory == .titlecaseLetter }
}
