import Benchmarks
import NeuralNetwork
import OpenBLASEngine

/// Lines of a report from measured values: their names, FLOP and bytes.
extension BenchLine {
  /// The lines of the machine's limits: multiply-adds in registers, the matrix product, the copies.
  static func lines(of limits: MachineLimits) -> [BenchLine] {
    let each = limits.threads > 1 ? " on each of \(limits.threads) threads" : ""
    func copy(_ memory: String, _ copy: MachineLimits.Copy) -> BenchLine {
      BenchLine(
        name: "copy in \(memory), \(copy.bytes >> 10) KiB\(each)", repeats: copy.seconds,
        gigabytes: 2e-9 * Double(copy.bytes * limits.threads))
    }
    let size = limits.productSize
    return [
      BenchLine(
        name: "multiply-adds in registers\(each)", repeats: limits.multiplyAddSeconds,
        gflop: 1e-9 * Double(limits.multiplyAddOperations * limits.threads)),
      BenchLine(
        name: "sgemm \(size)x\(size)x\(size)\(each)", repeats: limits.productSeconds,
        gflop: 2e-9 * Double(size * size * size * limits.threads)),
      copy("memory", limits.memoryCopy), copy("L2", limits.cacheCopy),
    ]
  }

  /// The lines of a step's phases in the order of computation, each followed by its parts.
  static func parts(of profile: EngineProfile, _ model: Model, batch: Int) -> [BenchLine] {
    let forward = profile.stages.map { stage in
      line(of: stage, model, batch, phase: "forward", stage.forward) {
        model.layers[$0].forwardFLOP
      }
    }
    let backward = profile.stages.reversed().map { stage in
      line(of: stage, model, batch, phase: "backward", stage.backward) {
        model.backwardFLOP(ofLayer: $0)
      }
    }
    let loss = BenchLine(
      name: "softmax, loss", phase: "forward", isWithinPhase: true, repeats: profile.loss)
    var within = forward + [loss]
    if profile.stages.contains(where: { $0.method == "winograd" }) {
      within.insert(
        BenchLine(
          name: "transform weights", phase: "forward", isWithinPhase: true,
          repeats: profile.prepare), at: 0)
    }
    let parameters = ParameterLayout(of: model).count
    var phases = [
      // A byte read and a float written for each pixel.
      BenchLine(
        name: "load", phase: "load", repeats: profile.load,
        gigabytes: 5e-9 * Double(batch * model.input.count))
    ]
    phases += [phase("forward", of: within)] + within + [phase("backward", of: backward)]
    phases += backward
    // adam reads parameters, gradients and two moments, and writes all but the gradients.
    phases.append(
      BenchLine(
        name: "update", phase: "update", method: "adam", repeats: profile.update,
        gigabytes: 7 * 4e-9 * Double(parameters)))
    let measured = sum(phases.filter { !$0.isWithinPhase })
    phases.append(
      BenchLine(name: "rest", phase: "rest", repeats: zip(profile.steps, measured).map { $0 - $1 }))
    return phases
  }

  private static func line(
    of stage: EngineProfile.Stage, _ model: Model, _ batch: Int, phase: String,
    _ seconds: [Double], flop: (Int) -> Int
  ) -> BenchLine {
    let layers = stage.layers.map { model.layers[$0] }
    let count = stage.layers.reduce(0) { $0 + flop($1) } * batch
    return BenchLine(
      name: layers.map { $0.name ?? "\($0.layer)" }.joined(separator: ", "), phase: phase,
      isWithinPhase: true, method: stage.method, repeats: seconds,
      gflop: count > 0 ? Double(count) * 1e-9 : nil)
  }

  /// The line of a phase: the sum of its parts, for each repeat.
  private static func phase(_ name: String, of parts: [BenchLine]) -> BenchLine {
    BenchLine(
      name: name, phase: name, repeats: sum(parts),
      gflop: parts.compactMap(\.gflop).reduce(0, +))
  }

  private static func sum(_ lines: [BenchLine]) -> [Double] {
    guard let first = lines.first else { return [] }
    return lines.dropFirst().reduce(first.repeats) { sums, line in
      zip(sums, line.repeats).map(+)
    }
  }
}
