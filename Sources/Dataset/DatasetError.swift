/// What is wrong with the data on disk: one line that names the file and says what to do.
public struct DatasetError: Error, CustomStringConvertible, Equatable, Sendable {
  /// The file or directory, as the user would name it.
  public let path: String
  /// What was found, what was expected, and what to do.
  public let problem: String

  /// An error about `path`.
  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path): \(problem)" }
}
