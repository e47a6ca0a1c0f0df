/// An error in the data on disk, described in one line with the file and the remedy.
public struct DatasetError: Error, CustomStringConvertible, Equatable, Sendable {
  /// The file or directory, in the form that the user would write.
  public let path: String
  /// What was found, what was expected, and what to do.
  public let problem: String

  /// An error about `path`.
  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path): \(problem)" }

  /// What to do about a file that is damaged.
  static let fetchAgain = "fetch it again (jobs/get-data.sh)"
}
