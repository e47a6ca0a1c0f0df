import Foundation
import NeuralNetwork
import OpenBLASEngine
import TestSupport
import Testing

/// Training with factors in bfloat16: the factors of the products are rounded, and nothing else is.
@Suite(.enabled(if: OpenBLASEngine.supports(.bfloat16)))
struct Bfloat16EngineTests {
  /// A fully connected net in double precision, with factors rounded where the engine rounds them.
  private struct Twin {
    let widths: [Int]
    let rounds: Bool

    private func rounded(_ value: Double) -> Double { Double(roundedToBfloat16(Float(value))) }

    /// Gradients of weights and biases of all layers, and the summed loss.
    func gradients(
      of indices: [Int32], _ replica: Replica
    ) -> (values: [Float], loss: Double) {
      let size = replica.samples.height * replica.samples.width
      let (scale, shift) = replica.samples.normalisation(ofChannel: 0)
      let parameters = replica.buffers.parameters.map { Double($0) }
      var sums = [Double](repeating: 0, count: replica.layout.count)
      var loss = 0.0
      for index in indices {
        var values = [
          (0..<size).map {
            Double(Float(replica.samples.images[Int(index) * size + $0]) * scale + shift)
          }
        ]
        var starts: [Int] = []
        var next = 0
        for layer in 1..<widths.count {
          let (inputs, outputs) = (widths[layer - 1], widths[layer])
          let rounds = isRounded(layer)
          let start = next
          starts.append(start)
          values.append(
            (0..<outputs).map { out in
              let sum = (0..<inputs).reduce(parameters[start + outputs * inputs + out]) {
                let (value, weight) = (
                  values[layer - 1][$1], parameters[start + out * inputs + $1]
                )
                return $0 + (rounds ? rounded(value) * rounded(weight) : value * weight)
              }
              return layer + 1 < widths.count ? max(sum, 0) : sum
            })
          next += outputs * (inputs + 1)
        }
        let outputs = values[widths.count - 1]
        let total = outputs.reduce(0) { $0 + exp($1) }
        let label = Int(replica.samples.labels[Int(index)])
        loss += log(total) - outputs[label]
        var gradient = outputs.enumerated().map { exp($1) / total - ($0 == label ? 1 : 0) }
        for layer in (1..<widths.count).reversed() {
          let (inputs, outputs, start) = (widths[layer - 1], widths[layer], starts[layer - 1])
          let rounds = isRounded(layer)
          var earlier = [Double](repeating: 0, count: inputs)
          for out in 0..<outputs {
            let factor = rounds ? rounded(gradient[out]) : gradient[out]
            for index in 0..<inputs {
              let (value, weight) = (
                values[layer - 1][index], parameters[start + out * inputs + index]
              )
              sums[start + out * inputs + index] += factor * (rounds ? rounded(value) : value)
              earlier[index] += factor * (rounds ? rounded(weight) : weight)
            }
            sums[start + outputs * inputs + out] += gradient[out]
          }
          gradient = zip(earlier, values[layer - 1]).map { $1 > 0 || layer == 1 ? $0 : 0 }
        }
      }
      return (sums.map { Float($0) }, loss)
    }

    func isRounded(_ layer: Int) -> Bool {
      rounds && widths[layer - 1] % 16 == 0 && widths[layer] % 16 == 0 && widths[layer] >= 32
    }
  }

  /// Layers with and without rounding, an odd number of samples, and several threads.
  @Test(arguments: [[48, 32], [64], [40, 32], [32, 16]], [(9, 1), (12, 1), (12, 2)])
  func factorsAreRoundedAndNothingElse(hidden: [Int], run: (samples: Int, threads: Int)) throws {
    let model = try Model.mlp(hidden: hidden, height: 8, width: 8, classes: 10)
    let replica = Replica(model: model, count: 12)
    let engine = OpenBLASEngine(
      model: model, optimizer: Optimizer(kind: .sgd), threads: run.threads, precision: .bfloat16)
    engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 12)
    let indices = (0..<run.samples).map { Int32($0) }
    let got = replica.gradients(of: indices, by: engine)
    let widths = [64] + hidden + [10]
    let twin = Twin(widths: widths, rounds: true)
    let wanted = twin.gradients(of: indices, replica)
    #expect(abs(got.outcome.lossSum / wanted.loss - 1) < 1e-6)
    // A number very close to a tie is sometimes rounded in the other direction.
    #expect(relativeNorm(got.values, wanted.values) < 2e-4)
    let exact = Twin(widths: widths, rounds: false).gradients(of: indices, replica)
    let error = relativeNorm(got.values, exact.values)
    if (1..<widths.count).contains(where: { twin.isRounded($0) }) {
      #expect(error > 5e-4, "\(error)")
    } else {
      #expect(error < 1e-5, "\(error)")
    }
  }

  /// Fifty steps on MNIST stay near an independent PyTorch run in double precision.
  @Test(arguments: [("mlp/sgd", 50), ("mlp/sgd-momentum", 25), ("cnn/sgd-small", 50)])
  func lossesStayNearThoseOfPyTorch(name: String, steps: Int) throws {
    let run = try SGDOracleRun(name)
    let engine = OpenBLASEngine(
      model: run.model, optimizer: run.optimizer, precision: .bfloat16)
    let worst = run.largestLossError(of: engine, steps: steps)
    #expect(worst > 1e-5 && worst < 2e-3, "\(worst)")
    if showsFigures { print("\(name), bfloat16: losses of \(steps) steps within \(worst)") }
  }
}
