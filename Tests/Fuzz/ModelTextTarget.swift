/// Reads the input as a model text for an image size; an accepted text has one canonical form.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzModelText(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = FuzzInput(start, count)
  let size = sizes[input.byte() % sizes.count]
  let text = String(decoding: input.rest, as: UTF8.self)
  do {
    let model = try Model(
      text: text, height: size.height, width: size.width, classes: size.classes)
    try check(model, size)
  } catch let error as ModelError {
    requireOneLine(error)
  } catch {
    require(false, "an error of the model, not \(error)")
  }
  return 0
}

/// MNIST, sizes at the limits of layers, and the largest images that a file of 64 TB can hold.
private let sizes: [(height: Int, width: Int, classes: Int)] = [
  (28, 28, 10), (1, 1, 1), (7, 40, 256), (4096, 4096, 100), (1 << 23, 1 << 23, 2),
]

private func check(_ model: Model, _ size: (height: Int, width: Int, classes: Int)) throws {
  let again = try Model(
    text: model.text, height: size.height, width: size.width, classes: size.classes)
  require(again == model && again.text == model.text, "the canonical text gives the same model")
  require(
    model.input == Shape(height: size.height, width: size.width, channels: 1), "the image size")
  for (one, next) in zip(model.layers, model.layers.dropFirst()) {
    require(one.output == next.input, "an input is the output before it")
  }
  let layout = ParameterLayout(of: model)
  var end = 0
  for tensor in layout.tensors {
    require(tensor.range.lowerBound == end, "tensors without gaps")
    require(tensor.canonicalShape.reduce(1, *) == tensor.range.count, "sizes by shapes")
    end = tensor.range.upperBound
  }
  require(end == layout.count && end > 0, "as many parameters as the tensors have")
  require(Set(layout.tensors.map(\.name)).count == layout.tensors.count, "each name once")
  require(model.trainingFLOP > 0, "operations")
  for pools in [false, true] {
    let groups = LayerGroup.all(of: model) { _, _, _ in pools }
    require(groups.flatMap(\.places) == Array(model.layers.indices), "groups without gaps")
    require(groups.reduce(0) { $0 + $1.weights.count + $1.biases.count } == end, "all parameters")
  }
}
