/// A phase of a rank's time.
///
/// The all-reduce has two phases: the wait for the last rank to arrive, and the transfer from then
/// on.
public enum Phase: String, CaseIterable, Codable, Sendable {
  case load, forward, backward, allReduceWait, allReduceTransfer, update, evaluate
}
