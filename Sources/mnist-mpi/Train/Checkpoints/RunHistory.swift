import DataParallel
import Foundation
import HostInspection
import MessagePassing
import RunRecords

/// The parts of a run: those before the checkpoint that it was resumed from, and this one.
struct RunHistory {
  private let earlier: [RunPart]
  private let startedAt: String
  private let ranks: Int
  private let nodes: Int
  private let firstStep: Int
  private let differences: [String]

  /// The history of a run that starts or goes on now.
  init(_ setup: TrainingSetup, _ resumption: Resumption?) {
    earlier = resumption?.state.parts ?? []
    startedAt = setup.startedAt.formatted(.iso8601)
    ranks = setup.communicator.size
    nodes = setup.place.nodes
    firstStep = resumption?.state.progress.step ?? 0
    differences = resumption?.differences ?? []
  }

  /// All parts, this one with its last step and its seconds.
  func parts(
    lastStep: Int, trainingSeconds: Double, totalSeconds: Double, signal: String?
  ) -> [RunPart] {
    earlier + [
      RunPart(
        startedAt: startedAt, ranks: ranks, nodes: nodes,
        launcher: LaunchEnvironment.current.launcherName, firstStep: firstStep, lastStep: lastStep,
        trainingSeconds: trainingSeconds, totalSeconds: totalSeconds, signal: signal,
        differences: differences.isEmpty ? nil : differences)
    ]
  }

  /// The training seconds of earlier parts.
  var earlierTrainingSeconds: Double { earlier.reduce(0) { $0 + $1.trainingSeconds } }

  /// The seconds of earlier parts from process start.
  var earlierTotalSeconds: Double { earlier.reduce(0) { $0 + $1.totalSeconds } }

  /// Whether the run was resumed.
  var isResumed: Bool { !earlier.isEmpty }
}
