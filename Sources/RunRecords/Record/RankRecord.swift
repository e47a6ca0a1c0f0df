/// The place, timings and memory of one rank.
public struct RankRecord: Codable, Equatable, Sendable {
  public var rank: Int
  public var host: String
  /// Index of the node among those of the run.
  public var node: Int
  /// `cpu`, or `cuda` with the identity and the model of a GPU.
  public var device: String
  /// The cores that this rank may use (its cpuset).
  public var cores: [Int]
  public var threads: Int
  /// Training samples that this rank computed, over all epochs.
  public var samples: Int
  public var phases: PhaseSeconds
  /// Training seconds outside all phases.
  public var otherSeconds: Double
  /// Seconds of the training loop, evaluation excluded.
  public var trainingSeconds: Double
  /// `samples` divided by `trainingSeconds`.
  public var imagesPerSecond: Double
  public var peakMemoryBytes: UInt64
  /// Bytes of the optimizer state that this rank keeps.
  public var optimizerStateBytes: Int?
  /// Bytes that every step reuses: parameters, gradients, optimizer state and activations of the
  /// local batch.
  public var workingSetBytes: Int?
  /// Phases that the device executes together; nil if every phase was measured separately.
  ///
  /// The seconds of all of them are in the last one.
  public var fusedPhases: [Phase]?
  /// Seconds that a drill added to the backward phase; nil without a drill.
  public var injectedSeconds: Double?
  /// Seconds for which the training waited for copies of checkpoints; nil if there were none.
  public var checkpointSeconds: Double?

  /// The model of the GPU without its identity; nil on a CPU.
  ///
  /// `NVIDIA H200` for the device `cuda GPU-1a2b3c4d NVIDIA H200, shared device`.
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
    fusedPhases: [Phase]? = nil, injectedSeconds: Double? = nil, checkpointSeconds: Double? = nil
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
    self.injectedSeconds = injectedSeconds
    self.checkpointSeconds = checkpointSeconds
  }
}
