import NeuralNetwork

/// A rank's flat buffers: parameters, gradients with the step's totals behind them, optimizer
/// state.
///
/// Loss sum, hits and sample count of a step ride at the end of the gradients, so that one
/// all-reduce a step carries all.
public final class Replica {
  /// Numbers behind the gradients.
  static let tailCount = 3

  /// Number of parameters.
  public let count: Int
  public let parameters: UnsafeMutableBufferPointer<Float>
  let gradientsAndTail: UnsafeMutableBufferPointer<Float>
  let optimizerState: UnsafeMutableBufferPointer<Float>

  /// Zeroed buffers for `count` parameters and `statesPerParameter` numbers of state each.
  package init(count: Int, statesPerParameter: Int) {
    self.count = count
    parameters = Self.allocate(count)
    gradientsAndTail = Self.allocate(count + Self.tailCount)
    optimizerState = Self.allocate(count * statesPerParameter)
  }

  deinit {
    for buffer in [parameters, gradientsAndTail, optimizerState] {
      UnsafeMutableRawPointer(buffer.baseAddress)?.deallocate()
    }
  }

  private static func allocate(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    let numbers = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    numbers.initialize(repeating: 0, count: max(count, 1))
    return UnsafeMutableBufferPointer(start: numbers, count: count)
  }

  /// The gradients without the tail.
  var gradients: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: gradientsAndTail[..<count])
  }

  /// What an engine gets lent.
  var buffers: ModelBuffers {
    ModelBuffers(parameters: parameters, optimizerState: optimizerState)
  }

  /// What lies behind the gradients: this rank's part before the exchange, everybody's after it.
  ///
  /// Counts are exact: a single-precision number holds every integer up to 16,777,216.
  package var tail: StepTotals {
    StepTotals(
      lossSum: Double(gradientsAndTail[count]),
      correct: Int(exactly: gradientsAndTail[count + 1]) ?? -1,
      samples: Int(exactly: gradientsAndTail[count + 2]) ?? -1)
  }

  package func setTail(_ totals: StepTotals) {
    gradientsAndTail[count] = Float(totals.lossSum)
    gradientsAndTail[count + 1] = Float(totals.correct)
    gradientsAndTail[count + 2] = Float(totals.samples)
  }

  /// A 64-bit hash of all parameter bits: FNV-1a over 32-bit words.
  package func parametersHash() -> UInt64 {
    parameters.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3 }
  }
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
}
