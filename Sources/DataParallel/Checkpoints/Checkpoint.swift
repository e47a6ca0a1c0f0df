import NeuralNetwork
public import RunRecords

/// A training after some step, from which it can go on: its numbers, and what describes them.
public struct Checkpoint: Sendable {
  /// Everything but the numbers.
  public struct State: Codable, Equatable, Sendable {
    /// 1, until a key changes its meaning.
    public static let currentFormat = 1

    public var format = State.currentFormat
    public var program: String
    public var version: String
    public var work: Work
    /// The global batch, which under weak scaling depends on the number of ranks.
    public var globalBatch: Int
    public var conditions: BitConditions
    public var progress: TrainingProgress
    /// The parts of the run so far, the current one up to this step.
    public var parts: [RunPart]

    /// All fields but the format.
    public init(
      program: String, version: String, work: Work, globalBatch: Int, conditions: BitConditions,
      progress: TrainingProgress, parts: [RunPart]
    ) {
      self.program = program
      self.version = version
      self.work = work
      self.globalBatch = globalBatch
      self.conditions = conditions
      self.progress = progress
      self.parts = parts
    }
  }

  public var state: State
  public var numbers: TrainingNumbers

  /// A checkpoint by its parts.
  public init(state: State, numbers: TrainingNumbers) {
    self.state = state
    self.numbers = numbers
  }
}

/// Parameters and optimizer state of a whole model, in the order of its flat buffers.
public struct TrainingNumbers: Equatable, Sendable {
  public var parameters: [Float]
  /// One array for each state that the optimizer keeps of a parameter, such as adam's two moments.
  public var states: [[Float]]

  /// All numbers at once.
  public init(parameters: [Float], states: [[Float]]) {
    self.parameters = parameters
    self.states = states
  }

  /// The names of an optimizer's states, which are those of PyTorch.
  static func names(of optimizer: Optimizer) -> [String] {
    switch optimizer.kind {
    case .adam: ["exp_avg", "exp_avg_sq"]
    case .sgd: optimizer.momentum == 0 ? [] : ["momentum_buffer"]
    }
  }
}
