import NeuralNetwork

/// A rank's flat buffers: parameters, gradients with the step's totals in front, optimizer state.
///
/// The totals of a step are requests, loss sum, correct predictions and sample count. They are stored
/// in front of the gradients, so that one all-reduce sums both. In the fast mode a rank has one set of
/// gradients. In the reproducible mode it has one set for each partial sum of the tree that its own
/// leaves can form (`LeafShare.sums`).
public final class Replica {
  /// Numbers in front of the gradients: a cache line, so that the gradients begin at the next one.
  static let headCount = 16
  /// How many of these are totals; they are the last ones.
  private static let totalsCount = 5

  /// Number of parameters.
  public let count: Int
  public let parameters: UnsafeMutableBufferPointer<Float>
  /// Each set consists of the head and the gradients.
  private let sets: [UnsafeMutableBufferPointer<Float>]
  /// The gradients of the only set if they are in a device's memory, which the host must not read.
  private let deviceGradients: UnsafeMutableBufferPointer<Float>?
  let optimizerState: UnsafeMutableBufferPointer<Float>
  /// The parameters for which this rank keeps optimizer state.
  let stateRange: Range<Int>
  /// The buffers that this object allocated and frees.
  private var owned: [UnsafeMutableBufferPointer<Float>] = []

  /// Allocates zeroed buffers for `count` parameters with `statesPerParameter` states each.
  package init(count: Int, statesPerParameter: Int, sets setCount: Int = 1) {
    self.count = count
    stateRange = 0..<count
    parameters = NumberMemory.allocate(count)
    sets = (0..<setCount).map { _ in NumberMemory.allocate(Self.headCount + count) }
    deviceGradients = nil
    optimizerState = NumberMemory.allocate(count * statesPerParameter)
    owned = sets + [parameters, optimizerState]
  }

  /// Allocates the same for one set of gradients in a device's memory; the totals are on the host.
  init(
    count: Int, statesPerParameter: Int, deviceGradients: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(
      deviceGradients.count >= count,
      "\(deviceGradients.count) gradients on the device, not \(count)")
    self.count = count
    stateRange = 0..<count
    parameters = NumberMemory.allocate(count)
    sets = [NumberMemory.allocate(Self.headCount)]
    self.deviceGradients = UnsafeMutableBufferPointer(rebasing: deviceGradients[..<count])
    optimizerState = NumberMemory.allocate(count * statesPerParameter)
    owned = sets + [parameters, optimizerState]
  }

  /// Uses parameters and gradients in memory of the caller, and allocates state for `stateRange`.
  ///
  /// - Parameters:
  ///   - parameters: valid as long as this object exists, like `sets`.
  ///   - sets: each has `headCount` numbers and then the gradients; at least one set.
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
    optimizerState = NumberMemory.allocate(stateRange.count * statesPerParameter)
    owned = [optimizerState]
  }

  deinit {
    for buffer in owned { NumberMemory.deallocate(buffer) }
  }

  /// The gradients of the first set, without the head.
  package var gradients: UnsafeMutableBufferPointer<Float> { gradients(ofSet: 0) }

  /// The gradients of a set, without the head.
  func gradients(ofSet set: Int) -> UnsafeMutableBufferPointer<Float> {
    deviceGradients ?? UnsafeMutableBufferPointer(rebasing: sets[set][Self.headCount...])
  }

  /// Whether the gradients are in a device's memory, apart from the totals.
  var isOnDevice: Bool { deviceGradients != nil }

  /// A whole set: head and gradients.
  func set(_ set: Int) -> UnsafeMutableBufferPointer<Float> { sets[set] }

  /// Number of sets of gradients.
  var setCount: Int { sets.count }

  /// The numbers to sum over ranks for the gradients of `range`.
  ///
  /// If `range` begins at 0 and the gradients are in the host's memory, the totals are included.
  func message(_ range: Range<Int>, ofSet set: Int = 0) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      rebasing: deviceGradients?[range] ?? sets[set][Self.messageRange(range)])
  }

  /// The numbers to sum over ranks for the totals of the first set.
  var totalsMessage: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      rebasing: sets[0][(Self.headCount - Self.totalsCount)..<Self.headCount])
  }

  /// The part of a set that is the message of `range`: with the totals if `range` begins at 0.
  static func messageRange(_ range: Range<Int>) -> Range<Int> {
    let start = range.lowerBound == 0 ? -totalsCount : range.lowerBound
    return (headCount + start)..<(headCount + range.upperBound)
  }

  /// The buffers passed to the engine.
  package var buffers: ModelBuffers {
    ModelBuffers(parameters: parameters, optimizerState: optimizerState, stateRange: stateRange)
  }

  /// The totals of the first set: of this rank before the exchange, of all ranks after it.
  package var totals: StepTotals {
    get { totals(ofSet: 0) }
    set { setTotals(newValue, ofSet: 0) }
  }

  /// The totals in front of a set's gradients.
  ///
  /// Counts are exact: a single-precision number represents every integer up to 16,777,216. A count
  /// that is not an integer is returned as -1.
  func totals(ofSet set: Int) -> StepTotals {
    let first = Self.headCount - Self.totalsCount
    func count(_ place: Int) -> Int { Int(exactly: sets[set][first + place]) ?? -1 }
    return StepTotals(
      lossSum: Double(sets[set][first + 2]), correct: count(3), samples: count(4),
      requests: StepRequests(stops: count(0), checkpoints: count(1)))
  }

  /// Writes the totals in front of a set's gradients.
  func setTotals(_ totals: StepTotals, ofSet set: Int) {
    let first = Self.headCount - Self.totalsCount
    sets[set][first] = Float(totals.requests.stops)
    sets[set][first + 1] = Float(totals.requests.checkpoints)
    sets[set][first + 2] = Float(totals.lossSum)
    sets[set][first + 3] = Float(totals.correct)
    sets[set][first + 4] = Float(totals.samples)
  }

  /// Writes what this rank asks for to the totals of the first set, whose other values stay.
  func request(_ requests: StepRequests) {
    let first = Self.headCount - Self.totalsCount
    sets[0][first] = Float(requests.stops)
    sets[0][first + 1] = Float(requests.checkpoints)
  }

  /// A 64-bit hash of the bits of the parameters of `range`: FNV-1a over 32-bit words.
  package func hash(_ range: Range<Int>) -> UInt64 {
    parameters[range].reduce(0xCBF2_9CE4_8422_2325) {
      ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3
    }
  }

  /// The hash of all parameters.
  package func parametersHash() -> UInt64 { hash(0..<count) }
}

/// Loss sum, correct predictions, sample count and requests of one step, of one rank or of several.
package struct StepTotals: Equatable {
  package var lossSum: Double
  package var correct: Int
  package var samples: Int
  /// What ranks ask for after the step.
  var requests = StepRequests()

  /// Totals by their parts.
  package init(lossSum: Double = 0, correct: Int = 0, samples: Int = 0) {
    self.lossSum = lossSum
    self.correct = correct
    self.samples = samples
  }

  /// Totals with requests.
  init(lossSum: Double = 0, correct: Int = 0, samples: Int = 0, requests: StepRequests) {
    self.init(lossSum: lossSum, correct: correct, samples: samples)
    self.requests = requests
  }

  /// The sum of two totals with the loss sums added in single precision, as in a message.
  ///
  /// The reproducible mode needs the same bits whether totals were exchanged or added by one rank.
  static func joined(_ one: StepTotals, _ other: StepTotals) -> StepTotals {
    var sum = one + other
    sum.lossSum = Double(Float(one.lossSum) + Float(other.lossSum))
    return sum
  }

  /// The sum of two totals with the loss sums added in double precision.
  static func + (one: StepTotals, other: StepTotals) -> StepTotals {
    StepTotals(
      lossSum: one.lossSum + other.lossSum, correct: one.correct + other.correct,
      samples: one.samples + other.samples, requests: one.requests + other.requests)
  }
}
