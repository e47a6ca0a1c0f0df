import TestSupport
import Testing
import VectorKernels

/// The transforms agree with their matrices in double precision.
struct WinogradKernelTests {
  /// Unused numbers between two matrices, to check that nothing is written there.
  private let gap = 3

  @Test(arguments: WinogradCase.all) func inputs(_ example: WinogradCase) {
    var shape = example.shape()
    let tiles = WinogradTwin.tiles(shape)
    let plane = tiles.count * example.inputs + gap
    let image = randomValues(example.rows * example.columns * example.inputs)
    var v = [Float](repeating: .nan, count: 36 * plane)
    vk_winograd_input(&shape, image, plane, &v)
    var wanted = [Double](repeating: 0, count: v.count)
    forEachInputTile(example, tiles) { base, channel, pixel in
      let result = WinogradTwin.transform(WinogradTwin.input) { y, x in
        pixel(y, x).map { Double(image[$0]) } ?? 0
      }
      for position in 0..<36 {
        wanted[position * plane + base] = result[position / 6][position % 6]
      }
    }
    for position in 0..<36 {
      for rest in (plane - gap)..<plane {
        #expect(v[position * plane + rest].isNaN)
        v[position * plane + rest] = 0
      }
    }
    #expect(largestError(v, wanted) < 1e-6)
  }

  @Test(arguments: WinogradCase.all) func inputAdjoints(_ example: WinogradCase) {
    var shape = example.shape()
    let tiles = WinogradTwin.tiles(shape)
    let plane = tiles.count * example.inputs + gap
    let v = randomValues(36 * plane)
    let before = randomValues(example.rows * example.columns * example.inputs + 1, seed: 2)
    var image = before
    vk_winograd_input_adjoint(&shape, v, plane, &image)
    var wanted = before.map { Double($0) }
    forEachInputTile(example, tiles) { base, channel, pixel in
      let result = WinogradTwin.transform(WinogradTwin.transposed(WinogradTwin.input)) { y, x in
        Double(v[(y * 6 + x) * plane + base])
      }
      for position in 0..<36 {
        if let target = pixel(position / 6, position % 6) {
          wanted[target] += result[position / 6][position % 6]
        }
      }
    }
    #expect(largestError(image, wanted) < 1e-6)
  }

  @Test(arguments: WinogradCase.all, [false, true]) func outputs(
    _ example: WinogradCase, relu: Bool
  ) {
    var shape = example.shape()
    let plane = WinogradTwin.tiles(shape).count * example.outputs + gap
    let m = randomValues(36 * plane)
    let bias = randomValues(example.outputs, seed: 3)
    let wanted = plainOutputs(example, shape, m, plane, bias).map { relu ? max($0, 0) : $0 }
    var output = [Float](repeating: .nan, count: wanted.count + 1)
    vk_winograd_output(&shape, m, plane, bias, relu ? 1 : 0, &output)
    #expect(output.removeLast().isNaN)
    #expect(largestError(output, wanted) < 1e-6)
  }

  @Test(arguments: WinogradCase.all, [false, true]) func pooledOutputs(
    _ example: WinogradCase, relu: Bool
  ) {
    var shape = example.shape(pooled: true)
    let (rows, columns) = (shape.output_rows / 2, shape.output_columns / 2)
    let plane = WinogradTwin.tiles(shape).count * example.outputs + gap
    let m = randomValues(36 * plane)
    let bias = randomValues(example.outputs, seed: 3)
    let all = plainOutputs(example, shape, m, plane, bias)
    var output = [Float](repeating: .nan, count: rows * columns * example.outputs + 1)
    var choices = [UInt8](repeating: 99, count: output.count)
    vk_winograd_output_pooled(&shape, m, plane, bias, relu ? 1 : 0, &output, &choices)
    #expect(output[output.count - 1].isNaN && choices[output.count - 1] == 99)
    var mistakes = 0
    for index in 0..<(output.count - 1) {
      let channel = index % example.outputs
      let (y, x) = (
        index / example.outputs / columns * 2, index / example.outputs % columns * 2
      )
      let window = (0..<4).map {
        all[((y + $0 / 2) * shape.output_columns + x + $0 % 2) * example.outputs + channel]
      }
      let largest = window.max() ?? 0
      let value = relu ? max(largest, 0) : largest
      if abs(Double(output[index]) - value) > 1e-4 { mistakes += 1 }
      // The choice is correct if its value equals the largest up to rounding.
      let choice = Int(choices[index])
      let isRight =
        choice < 4
        ? window[choice] > largest - 1e-4 && (!relu || largest > -1e-4)
        : choice == 4 && relu && largest < 1e-4
      if !isRight { mistakes += 1 }
    }
    #expect(mistakes == 0)
  }

  @Test(arguments: WinogradCase.all, [false, true]) func gradients(
    _ example: WinogradCase, relu: Bool
  ) {
    var shape = example.shape()
    let count = shape.output_rows * shape.output_columns * example.outputs
    let gradient = randomValues(count)
    let output = randomValues(count, seed: 4)
    let passed = (0..<count).map { relu && output[$0] <= 0 ? 0 : Double(gradient[$0]) }
    let plane = WinogradTwin.tiles(shape).count * example.outputs + gap
    var m = [Float](repeating: 0, count: 36 * plane)
    var sums = [Float](repeating: 1, count: example.outputs)
    if relu {
      vk_winograd_gradient(&shape, gradient, output, plane, &m, &sums)
    } else {
      vk_winograd_gradient(&shape, gradient, nil, plane, &m, &sums)
    }
    let wanted = plainGradients(example, shape, passed, plane)
    #expect(largestError(m, wanted.m) < 1e-6)
    #expect(largestError(sums, wanted.sums.map { $0 + 1 }) < 2e-6)
  }

  @Test(arguments: WinogradCase.all) func pooledGradients(_ example: WinogradCase) {
    var shape = example.shape(pooled: true)
    let (rows, columns) = (shape.output_rows / 2, shape.output_columns / 2)
    let count = rows * columns * example.outputs
    let gradient = randomValues(count)
    let choices = randomValues(count, seed: 5).map { UInt8(($0 + 1) * 2.49) }
    var spread = [Double](repeating: 0, count: count * 4)
    for index in 0..<count where choices[index] < 4 {
      let pixel = index / example.outputs
      let y = pixel / columns * 2 + Int(choices[index]) / 2
      let x = pixel % columns * 2 + Int(choices[index]) % 2
      spread[(y * columns * 2 + x) * example.outputs + index % example.outputs] =
        Double(gradient[index])
    }
    let plane = WinogradTwin.tiles(shape).count * example.outputs + gap
    var m = [Float](repeating: 0, count: 36 * plane)
    var sums = [Float](repeating: 1, count: example.outputs)
    vk_winograd_gradient_pooled(&shape, gradient, choices, plane, &m, &sums)
    let wanted = plainGradients(example, shape, spread, plane)
    #expect(largestError(m, wanted.m) < 1e-6)
    #expect(largestError(sums, wanted.sums.map { $0 + 1 }) < 2e-6)
  }

  @Test(arguments: oddSizes) func weights(count: Int) {
    let weights = randomValues(9 * count)
    var u = [Float](repeating: .nan, count: 36 * count)
    vk_winograd_weights(weights, count, &u)
    let sums = randomValues(36 * count, seed: 6)
    var gradient = [Float](repeating: .nan, count: 9 * count)
    vk_winograd_weights_adjoint(sums, count, &gradient)
    for i in 0..<count {
      let wanted = WinogradTwin.transform(WinogradTwin.weight) {
        Double(weights[($0 * 3 + $1) * count + i])
      }
      #expect(largestError((0..<36).map { u[$0 * count + i] }, wanted.flatMap { $0 }) < 1e-6)
      let adjoint = WinogradTwin.transform(WinogradTwin.transposed(WinogradTwin.weight)) {
        Double(sums[($0 * 6 + $1) * count + i])
      }
      #expect(
        largestError((0..<9).map { gradient[$0 * count + i] }, adjoint.flatMap { $0 }) < 1e-6)
    }
  }

  /// Calls `body` for each tile and channel of the input.
  ///
  /// `base` is the index of the tile's channel inside a plane. `pixel` returns the index in the
  /// image of a pixel of the tile, or nil beyond the image's edge.
  private func forEachInputTile(
    _ example: WinogradCase, _ tiles: [(y: Int, x: Int)],
    _ body: (_ base: Int, _ channel: Int, _ pixel: (Int, Int) -> Int?) -> Void
  ) {
    for (tile, first) in tiles.enumerated() {
      for channel in 0..<example.inputs {
        body(tile * example.inputs + channel, channel) { y, x in
          guard first.y + y < example.rows, first.x + x < example.columns else { return nil }
          return ((first.y + y) * example.columns + first.x + x) * example.inputs + channel
        }
      }
    }
  }

  /// Outputs of the transformed tiles `m` before ReLU, in double precision.
  private func plainOutputs(
    _ example: WinogradCase, _ shape: vk_winograd_shape, _ m: [Float], _ plane: Int,
    _ bias: [Float]
  ) -> [Double] {
    let (rows, columns) = (shape.output_rows, shape.output_columns)
    var result = [Double](repeating: .nan, count: rows * columns * example.outputs)
    for (tile, first) in WinogradTwin.tiles(shape).enumerated() {
      for channel in 0..<example.outputs {
        let y = WinogradTwin.transform(WinogradTwin.output) {
          Double(m[($0 * 6 + $1) * plane + tile * example.outputs + channel])
        }
        for index in 0..<16 where first.y + index / 4 < rows && first.x + index % 4 < columns {
          let pixel = (first.y + index / 4) * columns + first.x + index % 4
          let value = y[index / 4][index % 4] + Double(bias[channel])
          result[pixel * example.outputs + channel] = value
        }
      }
    }
    return result
  }

  /// Transformed tiles of `gradient` and its sums over the pixels, in double precision.
  private func plainGradients(
    _ example: WinogradCase, _ shape: vk_winograd_shape, _ gradient: [Double], _ plane: Int
  ) -> (m: [Double], sums: [Double]) {
    let (rows, columns) = (shape.output_rows, shape.output_columns)
    var m = [Double](repeating: 0, count: 36 * plane)
    for (tile, first) in WinogradTwin.tiles(shape).enumerated() {
      for channel in 0..<example.outputs {
        let result = WinogradTwin.transform(WinogradTwin.transposed(WinogradTwin.output)) { y, x in
          guard first.y + y < rows, first.x + x < columns else { return 0 }
          return gradient[((first.y + y) * columns + first.x + x) * example.outputs + channel]
        }
        for position in 0..<36 {
          m[position * plane + tile * example.outputs + channel] =
            result[position / 6][position % 6]
        }
      }
    }
    var sums = [Double](repeating: 0, count: example.outputs)
    for index in gradient.indices { sums[index % example.outputs] += gradient[index] }
    return (m, sums)
  }
}
