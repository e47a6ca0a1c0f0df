import MessagePassing

/// A check that all ranks run: each notes what it finds wrong, and all take part in all collectives
/// whatever they find.
typealias RankCheck = @Sendable (Communicator, inout Findings) throws -> Void

/// The checks by name; a new one is a file and a line here.
enum CheckTable {
  /// Hold for any number of ranks.
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

  /// End badly, in the way that their test expects.
  static let deaths: [String: RankCheck] = [
    "hang": Deaths.hang,
    "last-rank-throws": Deaths.lastRankThrows,
    "mpi-error": Deaths.mpiError,
    "ranks-disagree": Deaths.ranksDisagree,
    "talk": Deaths.talk,
  ]
}
