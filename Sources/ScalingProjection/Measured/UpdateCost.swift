/// Seconds to add and update gradients in memory, by the rate at which a rank updates alone.
///
/// The update reads the gradients and reads and writes the parameters and each optimizer state. It
/// does little arithmetic, so its time is taken as proportional to these bytes.
struct UpdateCost {
  let parameters: Int
  /// The update of all parameters from one set of gradients.
  let seconds: Double
  /// Numbers that the optimizer keeps for each parameter.
  let statesPerParameter: Int

  init(_ work: MeasuredWork) {
    parameters = work.parameters
    seconds = work.times.updateSeconds
    statesPerParameter = work.statesPerParameter
  }

  /// Numbers of a parameter that the update reads or writes.
  private var numbers: Double { Double(3 + 2 * statesPerParameter) }

  private func seconds(_ count: Int, numbers moved: Double) -> Double {
    seconds * Double(count) / Double(max(parameters, 1)) * moved / numbers
  }

  /// The update of `count` parameters that reads `sets` sets of gradients.
  func update(_ count: Int, from sets: Int) -> Double {
    seconds(count, numbers: numbers + Double(sets - 1))
  }

  /// What each of `ranks` ranks adds in an all-reduce of `count` gradients: the numbers that it
  /// receives before the sums are complete.
  func sumWhileReducing(_ count: Int, over ranks: Int) -> Double {
    sum(count - count / ranks, of: 2)
  }

  /// The sum of `sets` sets of `count` gradients, written to one of them.
  func sum(_ count: Int, of sets: Int) -> Double {
    sets > 1 ? seconds(count, numbers: Double(sets + 1)) : 0
  }
}
