import ArgumentParser
import Benchmarks
import Statistics

/// `mnist-mpi bench growth`: computes step times for many ranks from formulas; measures nothing.
struct BenchGrowthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "growth",
    abstract: "Compute step times on 1 to 4,096 ranks from measured numbers; see GROWTH.md.",
    discussion: """
      Sources/Benchmarks/GROWTH.md explains the formulas. Measure the numbers with bench step (the \
      computation at two batch sizes, the update) and bench allreduce (latency, bandwidth).
      """)

  @Option(help: ArgumentHelp("Latency between nodes.", valueName: "us"))
  var latency: Double
  @Option(help: ArgumentHelp("Bandwidth between nodes.", valueName: "GB/s"))
  var bandwidth: Double
  @Option(help: ArgumentHelp("Latency within a node.", valueName: "us"))
  var nodeLatency: Double
  @Option(help: ArgumentHelp("Bandwidth of messages within a node.", valueName: "GB/s"))
  var nodeBandwidth: Double
  @Option(help: ArgumentHelp("Rate at which a rank reads and adds gradients.", valueName: "GB/s"))
  var sumRate: Double
  @Option(help: "Ranks per node.")
  var ranksPerNode: Int
  @Option(help: "Number of parameters of the model.")
  var parameters: Int
  @Option(help: ArgumentHelp("Computation time per sample.", valueName: "ms"))
  var sampleTime: Double
  @Option(help: ArgumentHelp("Computation time per step, apart from its samples.", valueName: "ms"))
  var stepTime: Double
  @Option(help: ArgumentHelp("Time of the update of all parameters by one rank.", valueName: "ms"))
  var updateTime: Double
  @Option(help: "Fraction of the computation during which gradients can be exchanged.")
  var overlapped: Double = 0.6
  @Option(help: "Global batch for strong scaling.")
  var batchSize: Int = 4096
  @Option(help: "Local batch for weak scaling.")
  var batchSizePerRank: Int = 64

  func validate() throws {
    let numbers: [(String, Double)] = [
      ("--latency", latency), ("--bandwidth", bandwidth), ("--node-latency", nodeLatency),
      ("--node-bandwidth", nodeBandwidth), ("--sum-rate", sumRate), ("--sample-time", sampleTime),
      ("--step-time", stepTime), ("--update-time", updateTime),
    ]
    for (option, value) in numbers where !(value.isFinite && value >= 0) {
      throw ValidationError("\(option) \(value): expected a finite number, 0 or more")
    }
    for (option, value) in [
      ("--bandwidth", bandwidth), ("--node-bandwidth", nodeBandwidth), ("--sum-rate", sumRate),
    ] where value == 0 {
      throw ValidationError("\(option) 0: expected more than 0")
    }
    for (option, value) in [
      ("--ranks-per-node", ranksPerNode), ("--parameters", parameters), ("--batch-size", batchSize),
      ("--batch-size-per-rank", batchSizePerRank),
    ] where value < 1 {
      throw ValidationError("\(option) \(value): expected at least 1")
    }
    if !(0...1).contains(overlapped) {
      throw ValidationError("--overlapped \(overlapped): expected a number from 0 to 1")
    }
  }

  mutating func run() throws {
    let model = GrowthModel(
      network: LinearFit(latencySeconds: 1e-6 * latency, bytesPerSecond: 1e9 * bandwidth),
      withinNode: LinearFit(
        latencySeconds: 1e-6 * nodeLatency, bytesPerSecond: 1e9 * nodeBandwidth),
      ranksPerNode: ranksPerNode, sumBytesPerSecond: 1e9 * sumRate, bytes: 4 * Double(parameters),
      secondsPerSample: 1e-3 * sampleTime, secondsPerStep: 1e-3 * stepTime,
      updateSeconds: 1e-3 * updateTime, overlappedShare: overlapped)
    print(
      "Computed, not measured: global batch \(batchSize) (strong), local batch "
        + "\(batchSizePerRank) (weak), \(ranksPerNode) ranks a node")
    print(model.text(globalBatch: batchSize, localBatch: batchSizePerRank))
  }
}
