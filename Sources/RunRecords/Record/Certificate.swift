/// What proves which work a run did: hashes of everything that went in and of what came out after
/// every epoch.
///
/// Two runs with equal certificates trained the same samples in the same order from the same weights
/// to the same bits.
public struct Certificate: Codable, Equatable, Sendable {
  /// One epoch as it was carried out.
  public struct Epoch: Codable, Equatable, Sendable {
    /// 16 hexadecimal digits over what was trained, not over what was planned: for every position
    /// of the epoch the position and the content (pixels and label) of the sample that a rank
    /// computed there, summed over all ranks.
    public var orderHash: String
    /// SHA-256 of the parameters in canonical order after the epoch.
    public var weightsSHA256: String

    /// Both hashes.
    public init(orderHash: String, weightsSHA256: String) {
      self.orderHash = orderHash
      self.weightsSHA256 = weightsSHA256
    }
  }

  /// SHA-256 of the data in use, as in the work.
  public var dataSHA256: String
  /// SHA-256 of the parameters in canonical order before the first step.
  public var initialWeightsSHA256: String
  public var epochs: [Epoch]

  /// All fields at once.
  public init(dataSHA256: String, initialWeightsSHA256: String, epochs: [Epoch]) {
    self.dataSHA256 = dataSHA256
    self.initialWeightsSHA256 = initialWeightsSHA256
    self.epochs = epochs
  }
}
