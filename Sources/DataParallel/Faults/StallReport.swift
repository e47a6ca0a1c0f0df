/// What rank 0 says about a run in which no rank makes progress.
package enum StallReport {
  /// One line that names the ranks at fault.
  ///
  /// - Parameters:
  ///   - states: by rank; nil for ranks that sent none.
  ///   - hosts: by rank.
  package static func text(states: [ProgressMonitor.State?], hosts: [String]) -> String {
    func names(_ ranks: [Int]) -> String {
      ranks.map { "rank \($0) (\(hosts[$0]))" }.joined(separator: ", ")
    }
    let silent = states.indices.filter { states[$0] == nil }
    let waiting = states.indices.filter { states[$0]?.activity.isWaiting == true }
    let busy = states.indices.filter { states[$0]?.activity.isWaiting == false }
    var parts: [String] = []
    if !silent.isEmpty {
      parts.append("\(names(silent)) printed nothing: stopped, or its host is lost")
    }
    for rank in busy {
      parts.append("\(names([rank])) is not in the all-reduce: \(states[rank]?.text ?? "")")
    }
    if parts.isEmpty {
      parts.append("all ranks are in an exchange: the network or MPI does not deliver")
    }
    let others =
      waiting.isEmpty || parts.isEmpty ? "" : "; \(waiting.count) of \(states.count) wait"
    return "at fault: \(parts.joined(separator: "; "))\(others)"
  }
}
