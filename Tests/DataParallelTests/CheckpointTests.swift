import DataParallel
import Foundation
import NeuralNetwork
import RunRecords
import Safetensors
import TestSupport
import Testing

/// Tests of checkpoints as files: what they hold, and that a damaged one is never used.
@Suite struct CheckpointTests {
  private static let model = makeModel()
  private static let layout = ParameterLayout(of: model)

  private static func makeModel() -> Model {
    guard
      let model = try? Model(text: "conv3x3:2,relu,fc:classes", height: 5, width: 4, classes: 3)
    else { preconditionFailure("the model of this test") }
    return model
  }

  private static func files(_ optimizer: Optimizer = Optimizer(kind: .adam)) -> CheckpointFiles {
    CheckpointFiles(model: model, optimizer: optimizer)
  }

  private static func make(
    step: Int, _ optimizer: Optimizer = Optimizer(kind: .adam)
  ) -> Checkpoint {
    func numbers(_ seed: Int) -> [Float] {
      (0..<layout.count).map { Float(seed * 1000 + $0) / 7 + Float(step) }
    }
    var work = makeRecord(ranks: 2).work
    work.model = model.text
    work.optimizer.kind = optimizer.kind.rawValue
    work.optimizer.momentum = optimizer.kind == .sgd ? optimizer.momentum : nil
    return Checkpoint(
      state: Checkpoint.State(
        program: "mnist-mpi", version: "1", work: work, globalBatch: 64,
        conditions: BitConditions(
          ranks: 2, threadsPerRank: 1, sync: "node", bucket: nil, leaves: nil, device: "cpu",
          convolution: "auto", blas: "OpenBLAS", blasKernel: "Haswell", mpi: "Open MPI 4.1.4"),
        progress: TrainingProgress(
          step: step, epoch: 2, batch: 3, lossSum: 0.1 + Double(step) / 3, samples: 192,
          epochSeconds: 1.25, orderHash: "00ff00ff00ff00ff", samplesSeen: 640,
          finalLoss: 0.3, epochs: [], initialWeightsSHA256: "abc"), parts: []),
      numbers: TrainingNumbers(
        parameters: numbers(1), states: (0..<optimizer.statesPerParameter).map { numbers($0 + 2) }))
  }

  @Test func aCheckpointIsReadAsItWasWritten() throws {
    for optimizer in [
      Optimizer(kind: .adam), Optimizer(kind: .sgd), Optimizer(kind: .sgd, momentum: 0.9),
    ] {
      let files = Self.files(optimizer)
      let checkpoint = Self.make(step: 7, optimizer)
      let (tensors, state) = try files.encode(checkpoint)
      let read = try files.decode(tensors: tensors, state: state)
      #expect(read.state == checkpoint.state && read.numbers == checkpoint.numbers)
    }
  }

  /// Other programs find the tensors by PyTorch's names, in PyTorch's order.
  @Test func theTensorsHaveTheNamesOfPyTorch() throws {
    let checkpoint = Self.make(step: 7)
    let (tensors, _) = try Self.files().encode(checkpoint)
    let file = try Safetensors.SafetensorsFile(decoding: tensors)
    let names = ["conv1.weight", "conv1.bias", "fc1.weight", "fc1.bias"]
    #expect(
      Set(file.tensors.map(\.name))
        == Set(names + names.flatMap { ["\($0).exp_avg", "\($0).exp_avg_sq"] }))
    let weight = try #require(file["fc1.weight.exp_avg"])
    #expect(weight.shape == [3, 12])
    let canonical = checkpoint.numbers.states[0].withUnsafeBufferPointer {
      Self.layout.canonical(from: $0)
    }
    let range = try #require(Self.layout["fc1.weight"]).range
    #expect(weight.values == Array(canonical[range]))
    #expect(file.metadata["step"] == "7" && file.metadata["model"] == Self.model.text)
  }

  @Test func theNewestOnesAreKept() throws {
    let directory = try TemporaryDirectory()
    let store = CheckpointDirectory(directory.path("c"), files: Self.files())
    try FileManager.default.createDirectory(
      atPath: store.path, withIntermediateDirectories: false)
    // What killed programs leave: numbers without state, and a file that is not renamed.
    try directory.write([1], to: "c/step-000000002.safetensors")
    try directory.write([1], to: "c/.step-000000002.json.17")
    try directory.write([1], to: "c/notes.txt")
    for step in [5, 10, 15] { try store.save(Self.make(step: step), keep: 2) { _ in } }
    let names = try FileManager.default.contentsOfDirectory(atPath: store.path).sorted()
    #expect(
      names == [
        "notes.txt", "step-000000010.json", "step-000000010.safetensors", "step-000000015.json",
        "step-000000015.safetensors",
      ])
    let newest = try #require(try store.newest { Issue.record("\($0)") })
    #expect(
      newest.checkpoint.state.progress.step == 15 && newest.file.hasSuffix("step-000000015.json"))
  }

  /// Whatever byte of whichever file is altered or missing, the checkpoint before it is used.
  @Test func aDamagedCheckpointIsNotUsed() throws {
    let directory = try TemporaryDirectory()
    let store = CheckpointDirectory(directory.path, files: Self.files())
    for step in [5, 10] { try store.save(Self.make(step: step), keep: 2) { _ in } }
    for name in ["step-000000010.json", "step-000000010.safetensors"] {
      let whole = try #require(FileManager.default.contents(atPath: directory.path(name)))
      for length in [0, 1, whole.count / 2, whole.count - 2] {
        try directory.write(Array(whole.prefix(length)), to: name)
        try expectStep5(store, name)
      }
      for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 97)) {
        var altered = Array(whole)
        altered[place] ^= 0x04
        try directory.write(altered, to: name)
        try expectStep5(store, "\(name) at \(place)")
      }
      try FileManager.default.removeItem(atPath: directory.path(name))
      try expectStep5(store, "no \(name)", isNamed: name.hasSuffix("safetensors"))
      try directory.write(Array(whole), to: name)
    }
    #expect(try store.newest { _ in }?.checkpoint.state.progress.step == 10)
  }

  private func expectStep5(
    _ store: CheckpointDirectory, _ damage: String, isNamed: Bool = true
  ) throws {
    var lines: [String] = []
    let newest = try #require(try store.newest { lines.append($0) })
    #expect(newest.checkpoint.state.progress.step == 5, "\(damage)")
    #expect(lines.count == (isNamed ? 1 : 0), "\(damage)")
    #expect(
      lines.allSatisfy {
        $0.contains("step-000000010.json: ") && $0.hasSuffix("the checkpoint before it is used")
      }, "\(damage): \(lines)")
  }

  /// A directory that was removed during the run is made again.
  @Test func aRemovedDirectoryIsMadeAgain() throws {
    let directory = try TemporaryDirectory()
    let store = CheckpointDirectory(directory.path("c/d"), files: Self.files())
    for step in [5, 10] {
      try store.save(Self.make(step: step), keep: 2) { _ in }
      #expect(CheckpointDirectory.steps(in: store.path) == [step])
      try FileManager.default.removeItem(atPath: store.path)
    }
  }

  @Test func ifAllAreDamagedNoneIsUsed() throws {
    let directory = try TemporaryDirectory()
    let store = CheckpointDirectory(directory.path, files: Self.files())
    #expect(try store.newest { _ in } == nil)
    try directory.write(Array("{}".utf8), to: "step-000000010.json")
    #expect(throws: CheckpointError.self) { try store.newest { _ in } }
  }

  @Test func aCheckpointOfAnotherModelIsRefused() throws {
    let (tensors, state) = try Self.files().encode(Self.make(step: 7))
    let other = try Model(text: "conv3x3:4,relu,fc:classes", height: 5, width: 4, classes: 3)
    for (model, optimizer, named) in [
      (other, Optimizer(kind: .adam), "model: conv3x3:2,relu,fc:3 against conv3x3:4,"),
      (Self.model, Optimizer(kind: .sgd), "optimizer.kind: adam against sgd"),
    ] {
      let error = #expect(throws: CheckpointError.self) {
        try CheckpointFiles(model: model, optimizer: optimizer)
          .decode(tensors: tensors, state: state)
      }
      #expect(error?.description.contains(named) == true, "\(error?.description ?? "")")
    }
    let (_, plain) = try Self.files(Optimizer(kind: .sgd)).encode(
      Self.make(step: 7, Optimizer(kind: .sgd)))
    let error = #expect(throws: CheckpointError.self) {
      try Self.files(Optimizer(kind: .sgd, momentum: 0.9)).decode(tensors: tensors, state: plain)
    }
    #expect(error?.description.contains("optimizer.momentum: 0.0 against 0.9") == true)
  }

  @Test func anErrorIsOneLineWhateverTheModelIsCalled() throws {
    var checkpoint = Self.make(step: 1)
    checkpoint.state.work.model = "a\nb\u{2028}c"
    let (tensors, state) = try Self.files().encode(checkpoint)
    let error = #expect(throws: CheckpointError.self) {
      try Self.files().decode(tensors: tensors, state: state)
    }
    #expect(error?.description.contains("model: a b c against") == true)
  }

  /// Another run's checkpoint is an error, and no reason to use an older one.
  @Test func anotherModelIsNoDamage() throws {
    let directory = try TemporaryDirectory()
    try CheckpointDirectory(directory.path, files: Self.files())
      .save(Self.make(step: 7), keep: 2) { _ in }
    let other = CheckpointDirectory(directory.path, files: Self.files(Optimizer(kind: .sgd)))
    let error = #expect(throws: CheckpointError.self) {
      try other.newest { Issue.record("\($0)") }
    }
    #expect(error?.description.contains("optimizer.kind: adam against sgd") == true)
  }

  @Test func intervals() {
    #expect(CheckpointInterval("100") == .steps(100) && CheckpointInterval("30s") == .seconds(30))
    #expect(CheckpointInterval("0.5s") == .seconds(0.5))
    for text in ["", "s", "0", "-1", "0s", "-1s", "nans", "1.5", "5m", "1e99s"] {
      #expect(CheckpointInterval(text) == nil, "\(text)")
    }
  }
}
