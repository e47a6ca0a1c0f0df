#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a model predicts for one image.
public struct Prediction: Equatable, Sendable {
  /// The class with the largest output; the first one of several.
  public let predicted: Int
  /// Its probability by softmax.
  public let probability: Double
  /// The largest output less the second largest; infinite for a single class.
  public let lead: Double

  /// The prediction that follows from a model's outputs, one for each class and at least one.
  public init(outputs: some Collection<Float>) {
    let values = outputs.map(Double.init)
    var best = 0
    for (index, value) in values.enumerated() where value > values[best] { best = index }
    predicted = best
    probability = 1 / values.reduce(0) { $0 + exp($1 - values[best]) }
    let others = values.enumerated().filter { $0.offset != best }.map(\.element)
    lead = values[best] - (others.max() ?? -.infinity)
  }

  /// A lead below this may turn with the order in which single-precision sums are taken.
  public static let closeLead = 1e-5
}

/// How often each class was predicted for images of each class.
public struct ConfusionMatrix: Equatable, Sendable {
  /// `[label][predicted]`.
  public let counts: [[Int]]

  /// Counts pairs of the class of an image and its predicted class.
  public init(classes: Int, labels: [Int], predicted: [Int]) {
    var counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    for (label, predicted) in zip(labels, predicted) { counts[label][predicted] += 1 }
    self.counts = counts
  }

  /// Number of images.
  public var total: Int { counts.joined().reduce(0, +) }
  /// Number of correct predictions.
  public var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }
  /// Correct predictions as a fraction of all.
  public var accuracy: Double { Double(correct) / Double(max(total, 1)) }

  /// Of the images predicted as `index`, the fraction that is of that class; nil without any.
  public func precision(of index: Int) -> Double? {
    Self.fraction(counts[index][index], of: counts.reduce(0) { $0 + $1[index] })
  }

  /// Of the images of class `index`, the fraction that is predicted as such; nil without any.
  public func recall(of index: Int) -> Double? {
    Self.fraction(counts[index][index], of: support(of: index))
  }

  /// Number of images of class `index`.
  public func support(of index: Int) -> Int { counts[index].reduce(0, +) }

  private static func fraction(_ part: Int, of whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }
}
