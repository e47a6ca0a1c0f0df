import NeuralNetwork
import OpenBLASEngine
import TestSupport
import Testing

/// Twenty steps of sgd on images of three channels against PyTorch in double precision.
///
/// See Tests/Oracle/README.md.
struct ColourOracleTests {
  @Test(arguments: ColourOracleRun.names, ConvolutionMethod.allCases)
  func lossesAndGradientsAreThoseOfPyTorch(name: String, method: ConvolutionMethod) throws {
    let run = try ColourOracleRun(name)
    #expect(run.losses.count == 20 && run.model.input.channels == 3)
    for threads in [1, 3] {
      let engine = OpenBLASEngine(
        model: run.model, optimizer: run.optimizer, threads: threads, convolution: method)
      let errors = try run.errors(of: engine) { replica in
        engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 32)
      }
      #expect(errors.loss < 1e-4)
      #expect(errors.gradient < 1e-5)
    }
  }

  @Test func theReferenceEngineHasThoseOfPyTorch() throws {
    let run = try ColourOracleRun("momentum")
    let engine = ReferenceEngine(model: run.model, optimizer: run.optimizer)
    let errors = try run.errors(of: engine) { replica in
      engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 32)
    }
    #expect(errors.loss < 1e-4)
    #expect(errors.gradient < 1e-6)
  }
}
