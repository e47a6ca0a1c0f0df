import SystemSupport

/// A fault of a plan: the key, its value, and what is wrong, without the name of the file.
struct PlanFault: Error {
  /// The key, such as `ranks` or `run 2: ranks`; empty for a fault of a whole mapping.
  let key: String
  let value: String?
  /// What is wrong or was expected, and what to do.
  let problem: String
  /// The line in the file, from 1, where it is known.
  var line: Int?

  /// The fault of one key, or of a whole mapping.
  init(_ key: String, value: String? = nil, problem: String, line: Int? = nil) {
    self.key = key
    self.value = value
    self.problem = problem
    self.line = line
  }

  /// The fault of a value that is not what its key takes.
  init(_ key: PlanKey, value: String, prefix: String = "", line: Int? = nil) {
    self.init(
      prefix + key.rawValue, value: value, problem: "expected \(key.expected); correct it",
      line: line)
  }

  /// One line such as `ranks 0: expected a whole number from 1 to 1000000; correct it`.
  var text: String {
    let subject = key + (value.map { " " + OneLine.value($0) } ?? "")
    return subject.isEmpty ? problem : "\(subject): \(problem)"
  }

  /// The line of this fault's value, else of its key, in the lines that a reader noted.
  func line(in lines: [String: Int]) -> Int? {
    line ?? value.flatMap { lines["\(key) \($0)"] } ?? lines[key]
  }

  /// The error that names the file and, where it is known, the line.
  func error(path: String, lines: [String: Int]) -> StudyError {
    let place = line(in: lines).map { "\(path):\($0)" } ?? path
    return StudyError("\(place): \(text)")
  }
}
