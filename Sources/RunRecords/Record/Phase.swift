/// The parts that the time of a rank is divided into.
///
/// The all-reduce has two: waiting for the last rank to arrive, and the transfer from then on.
public enum Phase: String, CaseIterable, Codable, Sendable {
  case load, forward, backward, allReduceWait, allReduceTransfer, update, evaluate
}
