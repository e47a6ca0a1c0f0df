import MessagePassing

/// A check that all ranks run.
///
/// Each rank records its failures as findings. All ranks take part in all collectives regardless of
/// their findings.
typealias RankCheck = @Sendable (Communicator, inout Findings) throws -> Void

/// The checks by name; a new check needs a file and an entry in this table.
enum CheckTable {
  /// Checks that hold for any number of ranks.
  static let checks: [String: RankCheck] = [
    "adam-oracle": OracleChecks.check,
    "all-reduce": AllReduceChecks.check,
    "broadcast": BroadcastChecks.check,
    "collective-counts": CollectiveCountChecks.check,
    "data-errors": DataChecks.checkErrors,
    "data-scatter": DataChecks.check,
    "gather": GatherChecks.check,
    "mpi-errors": ErrorChecks.check,
    "point-to-point": PointToPointChecks.check,
    "ranges": RangeChecks.check,
    "reproducible": ReproducibleChecks.check,
    "requests": RequestChecks.check,
    "scatter": ScatterChecks.check,
    "split": SplitChecks.check,
    "trainer": TrainerChecks.check,
    "window": WindowChecks.check,
    "world": WorldChecks.check,
  ]

  /// Scenarios that end with a failure, which `DeathTests` or `LauncherTests` expect.
  static let deaths: [String: RankCheck] = [
    "hang": Deaths.hang,
    "last-rank-throws": Deaths.lastRankThrows,
    "mpi-error": Deaths.mpiError,
    "ranks-disagree": Deaths.ranksDisagree,
    "talk": Deaths.talk,
  ]
}
