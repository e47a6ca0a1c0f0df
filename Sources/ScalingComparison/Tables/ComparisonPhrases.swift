import TextTables

/// Phrases that several outputs share.
package enum ComparisonPhrases {
  package static let synthetic = "Synthetic data: loss and accuracy say nothing about real images."
  package static let replicasDiffer = "replicas differ: not valid"
  package static let singleRun = "1 run: no interval"
  static let superlinear = "efficiency above 1: cache effect or another base"

  package static func notMeasured(_ disturbance: String) -> String {
    "not a measurement: \(disturbance)"
  }

  /// The name of a run's mode; `leaves` is nil in the fast mode.
  package static func mode(_ leaves: Int?) -> String {
    leaves.map { "reproducible, \(ComparisonPhrases.leaves($0))" } ?? "fast"
  }

  package static func leaves(_ count: Int) -> String { NumberText.count(count, "leaf", "leaves") }

  /// The first label of a host's name, which is enough to distinguish hosts.
  package static func shortHost(_ name: String) -> String {
    name.split(separator: ".").first.map(String.init) ?? name
  }
}
