/// A layer and the layers after it that an engine computes together with it.
///
/// These are its ReLU and, for a convolution, a 2 x 2 pooling.
package struct LayerGroup {
  package let layer: PlacedLayer
  /// Indices of the group's layers in `Model.layers`.
  package let places: Range<Int>
  /// Shape after the ReLU and the pooling, if there are any.
  package let output: Shape
  /// Range of the weights in the flat buffers; empty for a layer without parameters.
  package let weights: Range<Int>
  /// Range of the biases in the flat buffers; empty for a layer without parameters.
  package let biases: Range<Int>
  package let hasReLU: Bool
  /// Whether a 2 x 2 pooling follows the convolution (and its ReLU), in this group or after it.
  package let precedesPooling: Bool
  /// Whether that pooling is part of the group.
  package let isPooled: Bool

  /// Cuts a model into groups; a ReLU or a pooling that joins no other layer is a group by itself.
  ///
  /// - Parameter pools: returns whether the group of a convolution includes the 2 x 2 pooling that
  ///   follows. It is called only if there is one; `index` is the convolution's in `Model.layers`.
  package static func all(
    of model: Model, pools: (_ convolution: PlacedLayer, _ hasReLU: Bool, _ index: Int) -> Bool
  ) -> [LayerGroup] {
    let layout = ParameterLayout(of: model)
    let layers = model.layers
    func has(_ layer: Layer, at index: Int) -> Bool {
      index < layers.count && layers[index].layer == layer
    }
    var groups: [LayerGroup] = []
    var index = 0
    while index < layers.count {
      let layer = layers[index]
      func range(_ part: String) -> Range<Int> {
        layer.name.flatMap { layout["\($0).\(part)"]?.range } ?? 0..<0
      }
      var end = index + 1
      let hasReLU = layer.name != nil && has(.relu, at: end)
      if hasReLU { end += 1 }
      var precedesPooling = false
      if case .convolution = layer.layer { precedesPooling = has(.maxPool(size: 2), at: end) }
      let isPooled = precedesPooling && pools(layer, hasReLU, index)
      if isPooled { end += 1 }
      groups.append(
        LayerGroup(
          layer: layer, places: index..<end, output: layers[end - 1].output,
          weights: range("weight"), biases: range("bias"), hasReLU: hasReLU,
          precedesPooling: precedesPooling, isPooled: isPooled))
      index = end
    }
    return groups
  }
}
