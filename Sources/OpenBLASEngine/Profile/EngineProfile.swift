public import NeuralNetwork

/// Where the time of training steps goes, stage by stage.
///
/// Every array has one value a repeat: the mean seconds of one of its steps. With several threads a
/// stage's seconds are the mean over the threads; what a thread waits for others and the joining of
/// gradients are in `steps` alone.
public struct EngineProfile: Sendable {
  /// What is computed in one go: a layer with the ReLU and the pooling that follow it.
  public struct Stage: Sendable {
    /// Places in the model's layers.
    public let layers: Range<Int>
    /// `winograd`, `direct`, `im2col`, `product`, or `plain` for ReLU and pooling alone.
    public let method: String
    public internal(set) var forward: [Double] = []
    public internal(set) var backward: [Double] = []
  }

  public internal(set) var stages: [Stage]
  /// Bytes to normalised floats.
  public internal(set) var load: [Double] = []
  /// The weights' transforms for Winograd's method.
  public internal(set) var prepare: [Double] = []
  /// Softmax, loss, and their gradient.
  public internal(set) var loss: [Double] = []
  /// The optimizer.
  public internal(set) var update: [Double] = []
  /// Whole steps.
  public internal(set) var steps: [Double] = []
  /// Steps before the first repeat.
  public internal(set) var warmUpSteps = 0
  /// Steps of a repeat.
  public internal(set) var stepsPerRepeat = 0

  /// Trains `model` on made-up images for a moment and watches, on the path that all training takes.
  ///
  /// Warms up for 0.3 s; a repeat takes as many steps as fill 0.2 s, one at least. The images, 60,000,
  /// are noise and the learning rate is tiny, so that all steps have the same work.
  /// - Parameters:
  ///   - batch: samples of a step.
  ///   - threads: cores to keep busy.
  public static func measure(
    _ model: Model, optimizer kind: Optimizer.Kind, batch: Int, threads: Int,
    convolution: ConvolutionMethod, repeats: Int
  ) -> EngineProfile {
    let engine = OpenBLASEngine(
      model: model, optimizer: Optimizer(kind: kind, learningRate: 1e-7), threads: threads,
      convolution: convolution)
    let replica = NoiseReplica(engine, batch: batch)
    var profile = EngineProfile(
      stages: engine.plan.stages.map { Stage(layers: $0.layers, method: $0.work.name) })
    profile.warmUp(replica)
    for _ in 0..<repeats { profile.addRepeat(engine, replica) }
    return profile
  }

  private mutating func warmUp(_ replica: NoiseReplica) {
    // The first steps touch memory that nobody had used: they do not tell how long steps take.
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
    let clocks = engine.lendClocks()
    defer { engine.takeClocks() }
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
    for place in stages.indices {
      stages[place].forward.append(mean { $0.forward[place] })
      stages[place].backward.append(mean { $0.backward[place] })
    }
    load.append(mean(\.load))
    loss.append(mean(\.loss))
    // The caller's thread does it alone.
    prepare.append(seconds(clocks[0].prepare))
    update.append(seconds(updating))
    steps.append(seconds(whole))
  }
}

extension OpenBLASEngine {
  /// Gives each part a clock, from zero.
  fileprivate func lendClocks() -> [StageClock] {
    attached.parts.map { part in
      let clock = StageClock(stages: plan.stages.count)
      part.workspace.clock = clock
      return clock
    }
  }

  fileprivate func takeClocks() {
    for part in attached.parts { part.workspace.clock = nil }
  }
}

extension Stage.Work {
  fileprivate var name: String {
    switch self {
    case .winograd: "winograd"
    case .direct: "direct"
    case .im2col: "im2col"
    case .fullyConnected: "product"
    case .relu, .maxPool: "plain"
    }
  }
}
