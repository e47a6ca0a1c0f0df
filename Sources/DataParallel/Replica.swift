import NeuralNetwork

/// A rank's flat buffers: parameters, gradients with the step's totals before them, optimizer state.
///
/// Loss sum, hits and sample count of a step ride in front of the gradients, so that one all-reduce
/// a step carries all.
public final class Replica {
  /// Numbers before the gradients: a cache line, so that these begin at the next.
  static let headCount = 16
  /// Numbers of totals, at the end of the head.
  private static let totalsCount = 3

  /// Number of parameters.
  public let count: Int
  public let parameters: UnsafeMutableBufferPointer<Float>
  /// The head, then the gradients.
  private let headAndGradients: UnsafeMutableBufferPointer<Float>
  let optimizerState: UnsafeMutableBufferPointer<Float>
  /// The parameters whose optimizer state this rank keeps.
  let stateRange: Range<Int>
  private var owned: [UnsafeMutableBufferPointer<Float>] = []

  /// Zeroed buffers of its own for `count` parameters and `statesPerParameter` numbers of state each.
  package init(count: Int, statesPerParameter: Int) {
    self.count = count
    stateRange = 0..<count
    parameters = Self.allocate(count)
    headAndGradients = Self.allocate(Self.headCount + count)
    optimizerState = Self.allocate(count * statesPerParameter)
    owned = [parameters, headAndGradients, optimizerState]
  }

  /// Parameters and gradients in memory that others own and keep; state for a part of them.
  ///
  /// - Parameter headAndGradients: `headCount` numbers, then the gradients.
  init(
    parameters: UnsafeMutableBufferPointer<Float>,
    headAndGradients: UnsafeMutableBufferPointer<Float>, stateRange: Range<Int>,
    statesPerParameter: Int
  ) {
    count = parameters.count
    precondition(
      headAndGradients.count == Self.headCount + count,
      "\(headAndGradients.count) numbers for \(count) gradients")
    self.stateRange = stateRange
    self.parameters = parameters
    self.headAndGradients = headAndGradients
    optimizerState = Self.allocate(stateRange.count * statesPerParameter)
    owned = [optimizerState]
  }

  deinit {
    for buffer in owned { UnsafeMutableRawPointer(buffer.baseAddress)?.deallocate() }
  }

  private static func allocate(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    let numbers = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    numbers.initialize(repeating: 0, count: max(count, 1))
    return UnsafeMutableBufferPointer(start: numbers, count: count)
  }

  /// The gradients alone.
  package var gradients: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: headAndGradients[Self.headCount...])
  }

  /// The gradients of `range` to be summed over ranks; with the first of all go the totals.
  func message(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    let start = range.lowerBound == 0 ? -Self.totalsCount : range.lowerBound
    return UnsafeMutableBufferPointer(
      rebasing: headAndGradients[(Self.headCount + start)..<(Self.headCount + range.upperBound)])
  }

  /// What an engine gets lent.
  package var buffers: ModelBuffers {
    ModelBuffers(parameters: parameters, optimizerState: optimizerState, stateRange: stateRange)
  }

  /// What lies before the gradients: this rank's part before the exchange, everybody's after it.
  ///
  /// Counts are exact: a single-precision number holds every integer up to 16,777,216.
  package var totals: StepTotals {
    get {
      let first = Self.headCount - Self.totalsCount
      return StepTotals(
        lossSum: Double(headAndGradients[first]),
        correct: Int(exactly: headAndGradients[first + 1]) ?? -1,
        samples: Int(exactly: headAndGradients[first + 2]) ?? -1)
    }
    set {
      let first = Self.headCount - Self.totalsCount
      headAndGradients[first] = Float(newValue.lossSum)
      headAndGradients[first + 1] = Float(newValue.correct)
      headAndGradients[first + 2] = Float(newValue.samples)
    }
  }

  /// A 64-bit hash of the bits of some parameters: FNV-1a over 32-bit words.
  package func hash(_ range: Range<Int>) -> UInt64 {
    parameters[range].reduce(0xCBF2_9CE4_8422_2325) {
      ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3
    }
  }

  /// The hash of all parameters.
  package func parametersHash() -> UInt64 { hash(0..<count) }
}

/// What all ranks together did in one step.
package struct StepTotals: Equatable {
  package var lossSum: Double
  package var correct: Int
  package var samples: Int

  /// Totals by their parts.
  package init(lossSum: Double, correct: Int, samples: Int) {
    self.lossSum = lossSum
    self.correct = correct
    self.samples = samples
  }
  static func + (one: StepTotals, other: StepTotals) -> StepTotals {
    StepTotals(
      lossSum: one.lossSum + other.lossSum, correct: one.correct + other.correct,
      samples: one.samples + other.samples)
  }
}
