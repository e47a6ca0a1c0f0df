import NeuralNetwork

/// A rank's flat buffers: parameters, gradients with the step's totals before them, optimizer state.
///
/// Loss sum, hits and sample count of a step ride in front of the gradients, so that one all-reduce
/// a step carries all. In the fast mode a rank has one set of gradients; in the reproducible mode as many
/// as its leaves make sums that only other ranks' leaves can complete.
public final class Replica {
  /// Numbers before the gradients: a cache line, so that these begin at the next.
  static let headCount = 16
  /// Numbers of totals, at the end of the head.
  private static let totalsCount = 3

  /// Number of parameters.
  public let count: Int
  public let parameters: UnsafeMutableBufferPointer<Float>
  /// For each set of gradients the head, then the gradients.
  private let sets: [UnsafeMutableBufferPointer<Float>]
  /// The gradients of the only set where they lie on a device, for the host not to follow.
  private let deviceGradients: UnsafeMutableBufferPointer<Float>?
  let optimizerState: UnsafeMutableBufferPointer<Float>
  /// The parameters whose optimizer state this rank keeps.
  let stateRange: Range<Int>
  private var owned: [UnsafeMutableBufferPointer<Float>] = []

  /// Zeroed buffers of its own for `count` parameters and `statesPerParameter` numbers of state each.
  package init(count: Int, statesPerParameter: Int, sets setCount: Int = 1) {
    self.count = count
    stateRange = 0..<count
    parameters = Self.allocate(count)
    sets = (0..<setCount).map { _ in Self.allocate(Self.headCount + count) }
    deviceGradients = nil
    optimizerState = Self.allocate(count * statesPerParameter)
    owned = sets + [parameters, optimizerState]
  }

  /// The same with one set of gradients, which lie on a device; the totals are the host's.
  init(
    count: Int, statesPerParameter: Int, deviceGradients: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(
      deviceGradients.count >= count,
      "\(deviceGradients.count) gradients on the device, not \(count)")
    self.count = count
    stateRange = 0..<count
    parameters = Self.allocate(count)
    sets = [Self.allocate(Self.headCount)]
    self.deviceGradients = UnsafeMutableBufferPointer(rebasing: deviceGradients[..<count])
    optimizerState = Self.allocate(count * statesPerParameter)
    owned = sets + [parameters, optimizerState]
  }

  /// Parameters and gradients in memory that others own and keep; state for a part of them.
  ///
  /// - Parameter sets: `headCount` numbers, then the gradients, at least once.
  init(
    parameters: UnsafeMutableBufferPointer<Float>,
    sets: [UnsafeMutableBufferPointer<Float>], stateRange: Range<Int>, statesPerParameter: Int
  ) {
    count = parameters.count
    for set in sets {
      precondition(
        set.count == Self.headCount + count, "\(set.count) numbers for \(count) gradients")
    }
    self.stateRange = stateRange
    self.parameters = parameters
    self.sets = sets
    deviceGradients = nil
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

  /// The gradients of the first set alone.
  package var gradients: UnsafeMutableBufferPointer<Float> { gradients(ofSet: 0) }

  /// The gradients of a set alone.
  func gradients(ofSet set: Int) -> UnsafeMutableBufferPointer<Float> {
    deviceGradients ?? UnsafeMutableBufferPointer(rebasing: sets[set][Self.headCount...])
  }

  /// Whether the gradients lie on a device, without the totals.
  var isOnDevice: Bool { deviceGradients != nil }

  /// A set whole: head and gradients.
  func set(_ set: Int) -> UnsafeMutableBufferPointer<Float> { sets[set] }

  /// Number of sets of gradients.
  var setCount: Int { sets.count }

  /// The gradients of `range` to be summed over ranks; with the first of all go the totals, if they
  /// lie in the same memory.
  func message(_ range: Range<Int>, ofSet set: Int = 0) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      rebasing: deviceGradients?[range] ?? sets[set][Self.messageRange(range)])
  }

  /// The totals of the first set alone.
  var totalsMessage: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      rebasing: sets[0][(Self.headCount - Self.totalsCount)..<Self.headCount])
  }

  /// Where the message of `range` lies in a set.
  static func messageRange(_ range: Range<Int>) -> Range<Int> {
    let start = range.lowerBound == 0 ? -totalsCount : range.lowerBound
    return (headCount + start)..<(headCount + range.upperBound)
  }

  /// What an engine gets lent.
  package var buffers: ModelBuffers {
    ModelBuffers(parameters: parameters, optimizerState: optimizerState, stateRange: stateRange)
  }

  /// What lies before the first set's gradients: this rank's part before the exchange, everybody's
  /// after it.
  package var totals: StepTotals {
    get { totals(ofSet: 0) }
    set { setTotals(newValue, ofSet: 0) }
  }

  /// What lies before a set's gradients.
  ///
  /// Counts are exact: a single-precision number holds every integer up to 16,777,216.
  func totals(ofSet set: Int) -> StepTotals {
    let first = Self.headCount - Self.totalsCount
    return StepTotals(
      lossSum: Double(sets[set][first]), correct: Int(exactly: sets[set][first + 1]) ?? -1,
      samples: Int(exactly: sets[set][first + 2]) ?? -1)
  }

  /// Writes what goes before a set's gradients.
  func setTotals(_ totals: StepTotals, ofSet set: Int) {
    let first = Self.headCount - Self.totalsCount
    sets[set][first] = Float(totals.lossSum)
    sets[set][first + 1] = Float(totals.correct)
    sets[set][first + 2] = Float(totals.samples)
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
  package init(lossSum: Double = 0, correct: Int = 0, samples: Int = 0) {
    self.lossSum = lossSum
    self.correct = correct
    self.samples = samples
  }

  /// The sum as it comes of two that travelled: in single precision.
  static func joined(_ one: StepTotals, _ other: StepTotals) -> StepTotals {
    var sum = one + other
    sum.lossSum = Double(Float(one.lossSum) + Float(other.lossSum))
    return sum
  }

  static func + (one: StepTotals, other: StepTotals) -> StepTotals {
    StepTotals(
      lossSum: one.lossSum + other.lossSum, correct: one.correct + other.correct,
      samples: one.samples + other.samples)
  }
}
