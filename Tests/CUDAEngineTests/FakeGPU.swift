import CUDAEngine
import NeuralNetwork
import TestSupport
import Testing

/// The device that tests compute on: one of a driver that runs kernels on the CPU (Tests/FakeCUDA).
///
/// It is opened as the real driver is. Its three devices differ in the order in which threads,
/// blocks and nodes of graphs run.
enum FakeGPU: Int, CaseIterable, CustomTestStringConvertible {
  case natural
  case reversed
  case shuffled

  var testDescription: String { "\(self)" }

  /// The environment variable that names the library.
  static func environment() throws -> [String: String] {
    ["MNIST_MPI_CUDA": try MPIRun.path(of: "libFakeCUDA.so")]
  }

  /// Opens the device with this order.
  func open(_ precision: Precision = .float32) throws -> CUDADevice {
    try CUDADevice(place: rawValue, precision: precision, environment: Self.environment())
  }
}

/// The same samples and parameters for the reference engine (`slow`) and for the device (`quick`).
struct EnginePair {
  let model: Model
  let slow: Replica
  let reference: ReferenceEngine
  let quick: Replica
  let engine: CUDAEngine

  init(
    _ model: Model, _ optimizer: Optimizer = Optimizer(kind: .sgd), count: Int,
    on gpu: CUDADevice, products: ProductSettings = ProductSettings(), largestBatch: Int? = nil
  ) throws {
    self.model = model
    slow = Replica(model: model, optimizer: optimizer, count: count)
    reference = ReferenceEngine(model: model, optimizer: optimizer)
    reference.attach(samples: slow.samples, buffers: slow.buffers, largestBatch: count)
    quick = Replica(model: model, optimizer: optimizer, count: count)
    engine = try CUDAEngine(model: model, optimizer: optimizer, on: gpu, products: products)
    try engine.attach(
      samples: quick.samples, buffers: quick.buffers, largestBatch: largestBatch ?? count)
  }

  /// Compares the gradients of some samples, tensor by tensor, with the reference engine's.
  ///
  /// - Parameter bound: the largest norm of the error, relative to the norm of the gradient.
  func compareGradients(of indices: [Int32], bound: Double = 5e-6, lossBound: Double = 1e-6) throws
  {
    let wanted = slow.gradients(of: indices, by: reference)
    let got = quick.gradients(of: indices, by: engine)
    try engine.checkDevice()
    for tensor in quick.layout.tensors {
      let error = relativeNorm(Array(got.values[tensor.range]), Array(wanted.values[tensor.range]))
      #expect(error < bound, "\(tensor.name): \(error)")
    }
    #expect(abs(got.outcome.lossSum / wanted.outcome.lossSum - 1) < lossBound)
    #expect(got.outcome.correct == wanted.outcome.correct)
  }

  /// Compares loss and correct predictions over all samples with the reference engine's.
  func compareEvaluation() throws {
    let wanted = reference.evaluate(slow.samples)
    let got = engine.evaluate(quick.samples)
    try engine.checkDevice()
    #expect(abs(got.lossSum / wanted.lossSum - 1) < 1e-6)
    #expect(got.correct == wanted.correct)
  }
}
