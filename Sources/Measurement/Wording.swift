/// Sentences that several outputs share.
enum Wording {
  static let synthetic = "Synthetic data: loss and accuracy say nothing about real images."
  static let replicasDiffer = "replicas differ: not valid"
  static let aboveOne = "efficiency above 1: cache effect or another base"
}
