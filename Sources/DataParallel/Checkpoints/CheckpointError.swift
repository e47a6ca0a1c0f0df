/// A checkpoint that cannot be used or written; its description is one line with the path.
public struct CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String
  /// Whether the files are damaged, so that an older checkpoint is used; else they are of another run.
  let isDamage: Bool

  /// An error with its line.
  public init(_ description: String) { self.init(description, isDamage: true) }

  init(_ description: String, isDamage: Bool) {
    self.description = description
    self.isDamage = isDamage
  }
}
