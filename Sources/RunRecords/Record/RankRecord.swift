/// What one rank did, where, and for how long.
public struct RankRecord: Codable, Equatable, Sendable {
  public var rank: Int
  public var host: String
  /// Index of the node among those of the run.
  public var node: Int
  public var device: String
  /// The cores that this rank may use (its cpuset).
  public var cores: [Int]
  public var threads: Int
  /// Training samples that this rank keeps.
  public var samples: Int
  public var phases: PhaseSeconds
  /// Training seconds outside all phases.
  public var otherSeconds: Double
  /// Seconds of the training loop, evaluation excluded.
  public var trainingSeconds: Double
  public var imagesPerSecond: Double
  public var peakMemoryBytes: UInt64
  /// Optimizer state that this rank keeps.
  public var optimizerStateBytes: Int?
  /// What a step touches again and again: parameters, gradients, optimizer state and activations of
  /// the local batch.
  public var workingSetBytes: Int?
  /// Phases that the device does in one go: all their seconds are in the last of them; nil where every
  /// phase has its own.
  public var fusedPhases: [Phase]?

  /// The model of the GPU, which several devices have in common: `NVIDIA H200` of
  /// `cuda GPU-1a2b3c4d NVIDIA H200, shared device`; nil on the CPU.
  public var gpuModel: String? {
    guard device.hasPrefix("cuda") else { return nil }
    let words = device.split(separator: ",")[0].split(separator: " ")
    return words.dropFirst(2).joined(separator: " ")
  }

  /// All fields at once.
  public init(
    rank: Int, host: String, node: Int, device: String, cores: [Int], threads: Int, samples: Int,
    phases: PhaseSeconds, otherSeconds: Double, trainingSeconds: Double, imagesPerSecond: Double,
    peakMemoryBytes: UInt64, optimizerStateBytes: Int? = nil, workingSetBytes: Int? = nil,
    fusedPhases: [Phase]? = nil
  ) {
    self.rank = rank
    self.host = host
    self.node = node
    self.device = device
    self.cores = cores
    self.threads = threads
    self.samples = samples
    self.phases = phases
    self.otherSeconds = otherSeconds
    self.trainingSeconds = trainingSeconds
    self.imagesPerSecond = imagesPerSecond
    self.peakMemoryBytes = peakMemoryBytes
    self.optimizerStateBytes = optimizerStateBytes
    self.workingSetBytes = workingSetBytes
    self.fusedPhases = fusedPhases
  }
}
