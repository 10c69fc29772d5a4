import ForeignText
import Testing
