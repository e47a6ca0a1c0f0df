/// What a rank does, as a line of SimGrid's time-independent trace.
package enum ReplayAction: Equatable, Sendable {
  /// Time that passes on the rank: measured seconds, so `sleep` and not `compute`, whose operations
  /// the platform's speed would turn into other seconds.
  case pass(seconds: Double)
  /// `MPI_Allreduce` of 32-bit floats over all ranks, whose arithmetic takes no time.
  case allReduce(count: Int)
  /// `MPI_Isend` of floats.
  case send(to: Int, tag: Int, count: Int)
  /// `MPI_Irecv` of floats.
  case receive(from: Int, tag: Int, count: Int)
  /// The end of the message from one rank to another that this rank sends or receives.
  case wait(from: Int, to: Int, tag: Int)

  /// The number of MPI_FLOAT in traces.
  private static let float = 5

  /// The line of a trace, for the rank that does it.
  func line(of rank: Int) -> String {
    switch self {
    case .pass(let seconds): "\(rank) sleep \(seconds)"
    case .allReduce(let count): "\(rank) allreduce \(count) 0 \(Self.float)"
    case .send(let peer, let tag, let count):
      "\(rank) isend \(peer) \(tag) \(count) \(Self.float)"
    case .receive(let peer, let tag, let count):
      "\(rank) irecv \(peer) \(tag) \(count) \(Self.float)"
    case .wait(let sender, let receiver, let tag): "\(rank) wait \(sender) \(receiver) \(tag)"
    }
  }
}

/// The actions of all ranks.
package struct ReplayTrace: Equatable, Sendable {
  /// By rank.
  package private(set) var actions: [[ReplayAction]]
  /// Numbers the messages, so that none is taken for another one.
  private var tag = 0

  package init(ranks: Int) { actions = Array(repeating: [], count: ranks) }

  /// Adds seconds of a rank.
  mutating func pass(_ seconds: Double, on rank: Int) {
    actions[rank].append(.pass(seconds: seconds))
  }

  /// Adds an all-reduce over all ranks.
  package mutating func allReduce(count: Int) {
    for rank in actions.indices { actions[rank].append(.allReduce(count: count)) }
  }

  /// Adds a round of messages in which every rank of `transfers` sends before it waits.
  ///
  /// No two messages of a round may have the same sender and receiver.
  mutating func round(_ transfers: [Transfer]) {
    tag += 1
    for item in transfers {
      actions[item.from].append(.send(to: item.to, tag: tag, count: item.count))
    }
    for item in transfers {
      actions[item.to].append(.receive(from: item.from, tag: tag, count: item.count))
    }
    for item in transfers {
      let wait = ReplayAction.wait(from: item.from, to: item.to, tag: tag)
      actions[item.from].append(wait)
      actions[item.to].append(wait)
    }
  }

  /// A message of floats.
  struct Transfer {
    let from: Int
    let to: Int
    let count: Int
  }

  /// All lines; SimGrid finds those of a rank by the number that begins each.
  package var text: String {
    var text = ""
    for (rank, list) in actions.enumerated() {
      text += "\(rank) init\n"
      for action in list { text += action.line(of: rank) + "\n" }
      text += "\(rank) finalize\n"
    }
    return text
  }
}
