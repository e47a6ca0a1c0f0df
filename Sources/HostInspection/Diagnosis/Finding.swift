/// One result of an inspection before a run: a fact, or a problem with its remedy.
public struct Finding: Codable, Equatable, Sendable {
  /// What was inspected.
  public enum Subject: String, Codable, Sendable {
    case launcher
    case binding
    case oversubscription
    case sharedCores = "shared cores"
    case device
    case network
    case lostHosts = "lost hosts"
    case cuda = "CUDA"
    case sharedMemory = "shared memory"
    case hugePages = "huge pages"
    case load = "load by others"
    case versions
  }

  public var subject: Subject
  public var text: String
  /// A command, or another instruction; nil for a fact.
  public var remedy: String?

  /// Whether the user has something to fix.
  public var isProblem: Bool { remedy != nil }

  /// A fact.
  public init(_ subject: Subject, _ fact: String) {
    self.subject = subject
    text = fact
  }

  /// A problem and its remedy.
  public init(_ subject: Subject, problem: String, fix: String) {
    self.subject = subject
    text = problem
    remedy = fix
  }

  /// One line for a fact, two for a problem.
  var lines: [String] {
    guard let remedy else { return ["ok       \(subject.rawValue): \(text)"] }
    return ["warning  \(subject.rawValue): \(text)", "         fix: \(remedy)"]
  }
}
