import Foundation
import NeuralNetwork
import SystemSupport

/// Reads the input as the file of a checkpoint's state, and saves and loads the state that it has.
///
/// No change of a file keeps its hash correct. So the input is also read as a state without a hash.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCheckpoint(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let data = Data(FuzzInput(start, count).rest)
  do throws(CheckpointError) {
    let (state, _) = try CheckpointFiles.state(of: data)
    require(state.format == Checkpoint.State.currentFormat, "the format that is supported")
  } catch {
    requireOneLine(error)
  }
  guard let state = try? JSONDecoder().decode(Checkpoint.State.self, from: data) else { return 0 }
  do {
    try check(state)
  } catch {
    require(false, "a state can be saved: \(error)")
  }
  return 0
}

private func check(_ state: Checkpoint.State) throws {
  let model = try Model(text: "fc:2", height: 1, width: 2, classes: 2)
  let files = CheckpointFiles(
    model: model, optimizer: Optimizer(kind: .adam, learningRate: 0.001))
  let numbers: [Float] = [1, 2, 3, 4, 5, 6]
  let checkpoint = Checkpoint(
    state: state, numbers: TrainingNumbers(parameters: numbers, states: [numbers, numbers]))
  let encoded = try files.encode(checkpoint)
  do throws(CheckpointError) {
    let again = try files.decode(tensors: encoded.tensors, state: encoded.state)
    require(again.state == state && again.numbers == checkpoint.numbers, "the same checkpoint")
    require(state.work.model == model.text, "the model of the checkpoint")
  } catch {
    requireOneLine(error)
    let isOther = state.work.model != model.text || state.work.optimizer.kind != "adam"
    require(
      isOther || state.format != Checkpoint.State.currentFormat,
      "a saved checkpoint is loaded: \(error)")
  }
}
