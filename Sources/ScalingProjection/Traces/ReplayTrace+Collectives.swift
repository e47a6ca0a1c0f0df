/// Collectives among some of the ranks, as messages.
///
/// A trace has collectives over all ranks only, so those of a part are written as the messages that
/// an MPI library sends.
extension ReplayTrace {
  /// An all-reduce of `count` floats by Rabenseifner's algorithm.
  ///
  /// A reduce-scatter by recursive halving and an all-gather by recursive doubling; ranks beyond a
  /// power of two first give their numbers to a neighbour (Thakur, Rabenseifner and Gropp 2005). MPICH
  /// and Open MPI use it for long messages, nearest partners first.
  package mutating func allReduce(among members: [Int], count: Int) {
    guard members.count > 1 else { return }
    var power = 1
    while 2 * power <= members.count { power *= 2 }
    let extra = members.count - power
    let folds = (0..<extra).map {
      Transfer(from: members[2 * $0], to: members[2 * $0 + 1], count: count)
    }
    let active = (0..<power).map { members[$0 < extra ? 2 * $0 + 1 : $0 + extra] }
    round(folds)
    var kept = Array(repeating: 0..<count, count: power)
    var history: [[Transfer]] = []
    var mask = 1
    while mask < power {
      let halves = kept.indices.map { index -> (keep: Range<Int>, give: Range<Int>) in
        let range = kept[index]
        let middle = (range.lowerBound + range.upperBound) / 2
        let (low, high) = (range.lowerBound..<middle, middle..<range.upperBound)
        return index & mask == 0 ? (low, high) : (high, low)
      }
      round(
        halves.indices.map {
          Transfer(from: active[$0], to: active[$0 ^ mask], count: halves[$0].give.count)
        })
      history.append(
        halves.indices.map {
          Transfer(from: active[$0], to: active[$0 ^ mask], count: halves[$0].keep.count)
        })
      kept = halves.map(\.keep)
      mask *= 2
    }
    for transfers in history.reversed() { round(transfers) }
    round(folds.map { Transfer(from: $0.to, to: $0.from, count: $0.count) })
  }

  /// A barrier: in round k every rank tells the one 2^k places further that it is there.
  package mutating func barrier(among members: Range<Int>) {
    var distance = 1
    while distance < members.count {
      round(
        members.indices.map {
          let place = ($0 - members.lowerBound + distance) % members.count
          return Transfer(from: $0, to: members.lowerBound + place, count: 1)
        })
      distance *= 2
    }
  }
}
