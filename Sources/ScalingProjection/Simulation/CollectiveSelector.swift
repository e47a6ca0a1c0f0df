/// Whose rules choose the algorithm of a collective: without one SimGrid takes a naive algorithm.
public enum CollectiveSelector: String, CaseIterable, Codable, Sendable {
  /// Of Open MPI.
  case ompi
  /// Of MPICH.
  case mpich

  /// Bytes up to which MPICH exchanges whole messages (`MPIR_CVAR_ALLREDUCE_SHORT_MSG_SIZE`).
  private static let shortBytes = 2048

  /// The options of `smpirun` for an all-reduce of `bytes` bytes.
  ///
  /// SimGrid's own rules of MPICH crash when a trace is replayed (3.32), so the rule for an
  /// all-reduce, the only collective of the traces, is repeated here.
  package func options(bytes: Int) -> [String] {
    switch self {
    case .ompi: ["--cfg=smpi/coll-selector:ompi"]
    case .mpich: ["--cfg=smpi/allreduce:\(bytes > Self.shortBytes ? "rab_rdb" : "rdb")"]
    }
  }
}
