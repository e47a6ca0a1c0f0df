public import NeuralNetwork

/// The time of training steps, stage by stage.
///
/// Every array has one value for each repeat: the mean seconds of one of its steps. With several
/// threads, a stage's seconds are the mean over the threads. Waiting for other threads and adding
/// their gradients are contained in `steps` alone.
public struct EngineProfile: Sendable {
  /// A unit of computation: a layer with the ReLU and the pooling that follow it.
  public struct Stage: Sendable {
    /// Indices of the model's layers.
    public let layers: Range<Int>
    /// `winograd`, `direct`, `im2col`, `product`, or `plain` for ReLU and pooling alone.
    public let method: String
    public internal(set) var forward: [Double] = []
    public internal(set) var backward: [Double] = []
  }

  public internal(set) var stages: [Stage]
  /// Conversion of bytes to normalised floats.
  public internal(set) var load: [Double] = []
  /// Transformation of the weights for Winograd's method.
  public internal(set) var prepare: [Double] = []
  /// Softmax, loss and their gradient.
  public internal(set) var loss: [Double] = []
  /// The optimizer.
  public internal(set) var update: [Double] = []
  /// Whole steps.
  public internal(set) var steps: [Double] = []
  /// Number of steps before the first repeat.
  public internal(set) var warmUpSteps = 0
  /// Number of steps in a repeat.
  public internal(set) var stepsPerRepeat = 0

  /// Measures training steps of `model` on noise, in the code path that all training takes.
  ///
  /// Warms up for 0.3 s. A repeat has as many steps as fill 0.2 s, at least one. The 60,000 images
  /// are noise and the learning rate is tiny, so that all steps have the same work.
  /// - Parameters:
  ///   - batch: number of samples in a step.
  ///   - threads: number of cores to keep busy.
  public static func measure(
    _ model: Model, optimizer kind: Optimizer.Kind, batch: Int, threads: Int,
    convolution: ConvolutionMethod, precision: Precision = .float32, repeats: Int
  ) -> EngineProfile {
    let engine = OpenBLASEngine(
      model: model, optimizer: Optimizer(kind: kind, learningRate: 1e-7), threads: threads,
      convolution: convolution, precision: precision)
    let replica = NoiseReplica(engine, batch: batch)
    var profile = EngineProfile(
      stages: engine.plan.stages.map { Stage(layers: $0.layers, method: $0.method) })
    profile.warmUp(replica)
    for _ in 0..<repeats { profile.addRepeat(engine, replica) }
    return profile
  }

  private mutating func warmUp(_ replica: NoiseReplica) {
    // The first steps access memory that was never used before, and take longer than later steps.
    for _ in 0..<2 { _ = replica.step() }
    let start = ContinuousClock.now
    var passed = Duration.zero
    var count = 0
    while passed < .seconds(0.3) || count < 2 {
      _ = replica.step()
      count += 1
      passed = .now - start
    }
    warmUpSteps = count + 2
    stepsPerRepeat = max(1, Int((Double(count) * (.seconds(0.2) / passed)).rounded()))
  }

  private mutating func addRepeat(_ engine: OpenBLASEngine, _ replica: NoiseReplica) {
    let clocks = engine.startClocks()
    defer { engine.removeClocks() }
    var (whole, updating) = (Duration.zero, Duration.zero)
    for _ in 0..<stepsPerRepeat {
      let step = replica.step()
      whole += step.whole
      updating += step.update
    }
    func seconds(_ duration: Duration) -> Double { duration / .seconds(stepsPerRepeat) }
    func mean(_ duration: (StageClock) -> Duration) -> Double {
      clocks.reduce(0) { $0 + seconds(duration($1)) } / Double(clocks.count)
    }
    for index in stages.indices {
      stages[index].forward.append(mean { $0.forward[index] })
      stages[index].backward.append(mean { $0.backward[index] })
    }
    load.append(mean(\.load))
    loss.append(mean(\.loss))
    // The caller's thread alone transforms the weights.
    prepare.append(seconds(clocks[0].prepare))
    update.append(seconds(updating))
    steps.append(seconds(whole))
  }
}

extension OpenBLASEngine {
  /// Sets a clock in the workspace of each part, starting from zero.
  fileprivate func startClocks() -> [StageClock] {
    attached.parts.map { part in
      let clock = StageClock(stages: plan.stages.count)
      part.workspace.clock = clock
      return clock
    }
  }

  fileprivate func removeClocks() {
    for part in attached.parts { part.workspace.clock = nil }
  }
}

extension Stage {
  fileprivate var method: String {
    switch work {
    case .winograd: "winograd"
    case .direct: "direct"
    case .im2col: "im2col"
    case .fullyConnected: roundsFactors ? "bfloat16" : "product"
    case .relu, .maxPool: "plain"
    }
  }
}
