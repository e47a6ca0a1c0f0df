import Testing
import VectorKernels

struct WindowTests {
  /// (pixels, kernel, channels); an input row is two pixels longer than the windows need.
  static let sizes = [(1, 1, 1), (7, 3, 1), (5, 5, 3), (11, 3, 16), (9, 2, 17), (3, 3, 33)]

  /// For each element of the windows, the index of the input element that it is copied from.
  private func sources(_ pixels: Int, _ kernel: Int, _ channels: Int) -> [Int] {
    let row = (pixels + kernel + 1) * channels
    return (0..<(pixels * kernel * kernel * channels)).map { index in
      let k = index % (kernel * channels)
      let i = index / (kernel * channels) % kernel
      let x = index / (kernel * channels) / kernel
      return i * row + x * channels + k
    }
  }

  @Test(arguments: sizes) func windowsAreCopied(pixels: Int, kernel: Int, channels: Int) {
    let row = (pixels + kernel + 1) * channels
    let input = randomValues(kernel * row)
    let origins = sources(pixels, kernel, channels)
    var columns = [Float](repeating: .nan, count: origins.count + 1)
    vk_windows(input, row, pixels, kernel, channels, &columns)
    #expect(Array(columns.dropLast()) == origins.map { input[$0] })
    #expect(columns[origins.count].isNaN)
  }

  @Test(arguments: sizes) func windowsAreAddedToTheirSources(
    pixels: Int, kernel: Int, channels: Int
  ) {
    let row = (pixels + kernel + 1) * channels
    let before = randomValues(kernel * row)
    let origins = sources(pixels, kernel, channels)
    let columns = randomValues(origins.count, seed: 2)
    var wanted = before.map { Double($0) }
    for (index, source) in origins.enumerated() { wanted[source] += Double(columns[index]) }
    var input = before
    vk_add_windows(columns, row, pixels, kernel, channels, &input)
    for index in input.indices { #expect(abs(Double(input[index]) - wanted[index]) < 1e-6) }
  }
}

struct MaxPoolTests {
  /// (rows, columns, channels, size), with and without edges that do not fill a window.
  static let sizes = [
    (2, 2, 1, 2), (6, 4, 7, 2), (5, 7, 16, 2), (8, 10, 17, 3), (9, 9, 33, 3), (4, 4, 3, 1),
    (15, 31, 2, 15),
  ]

  @Test(arguments: sizes) func agreesWithPlainLoops(
    rows: Int, columns: Int, channels: Int, size: Int
  ) {
    // Rounded to few different values, so that most windows have ties.
    let input = randomValues(rows * columns * channels).map { ($0 * 2).rounded() }
    let count = (rows / size) * (columns / size) * channels
    var output = [Float](repeating: .nan, count: count)
    var choices = [UInt8](repeating: 255, count: count)
    vk_max_pool(input, rows, columns, channels, size, &output, &choices)

    let outputGradient = randomValues(count, seed: 5)
    var inputGradient = [Float](repeating: .nan, count: input.count)
    vk_max_pool_gradient(
      outputGradient, choices, rows, columns, channels, size, &inputGradient)
    var wantedGradient = [Float](repeating: 0, count: input.count)

    for target in 0..<count {
      let (row, column) = (
        target / channels / (columns / size), target / channels % (columns / size)
      )
      let window = (0..<(size * size)).map { index in
        ((row * size + index / size) * columns + column * size + index % size) * channels
          + target % channels
      }
      let largest = window.map { input[$0] }.max() ?? 0
      let first = window.firstIndex { input[$0] == largest } ?? 0
      #expect(output[target] == largest)
      #expect(Int(choices[target]) == first)
      wantedGradient[window[first]] = outputGradient[target]
    }
    #expect(inputGradient == wantedGradient)
  }

  @Test func theFirstOfEqualValuesCounts() {
    var output: [Float] = [0]
    var choices: [UInt8] = [9]
    vk_max_pool([1, 3, 3, 3], 2, 2, 1, 2, &output, &choices)
    #expect(output == [3] && choices == [1])
    vk_max_pool([0, 0, 0, 0], 2, 2, 1, 2, &output, &choices)
    #expect(output == [0] && choices == [0])
  }
}
