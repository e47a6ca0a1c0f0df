/// A layer with what follows it and is computed together with it: its ReLU and, for a convolution, a
/// pooling of 2 x 2.
package struct LayerGroup {
  package let layer: PlacedLayer
  /// Places of the group among the model's layers.
  package let places: Range<Int>
  /// After the ReLU and the pooling, if there are any.
  package let output: Shape
  /// Places of weights and biases in the flat buffers; empty for layers without.
  package let weights: Range<Int>
  package let biases: Range<Int>
  package let hasReLU: Bool
  /// Whether a pooling of 2 x 2 follows the convolution, and whether it is part of the group.
  package let meetsPooling: Bool
  package let isPooled: Bool

  /// Cuts a model into groups; a ReLU or a pooling that no layer takes along is one by itself.
  ///
  /// - Parameter pools: whether a convolution takes the pooling behind it along; asked where there is one.
  package static func all(
    of model: Model, pools: (_ convolution: PlacedLayer, _ hasReLU: Bool, _ place: Int) -> Bool
  ) -> [LayerGroup] {
    let layout = ParameterLayout(of: model)
    let layers = model.layers
    func has(_ layer: Layer, at place: Int) -> Bool {
      place < layers.count && layers[place].layer == layer
    }
    var groups: [LayerGroup] = []
    var place = 0
    while place < layers.count {
      let layer = layers[place]
      func range(_ part: String) -> Range<Int> {
        layer.name.flatMap { layout["\($0).\(part)"]?.range } ?? 0..<0
      }
      var end = place + 1
      let hasReLU = layer.name != nil && has(.relu, at: end)
      if hasReLU { end += 1 }
      var meetsPooling = false
      if case .convolution = layer.layer { meetsPooling = has(.maxPool(size: 2), at: end) }
      let isPooled = meetsPooling && pools(layer, hasReLU, place)
      if isPooled { end += 1 }
      groups.append(
        LayerGroup(
          layer: layer, places: place..<end, output: layers[end - 1].output,
          weights: range("weight"), biases: range("bias"), hasReLU: hasReLU,
          meetsPooling: meetsPooling, isPooled: isPooled))
      place = end
    }
    return groups
  }
}
