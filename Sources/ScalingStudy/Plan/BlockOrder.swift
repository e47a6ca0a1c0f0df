import CounterRandom

extension StudyPlan {
  /// The order of the configurations in a block, from 1.
  ///
  /// A Fisher-Yates shuffle with the draws of the stream `study/block/<block>` of the plan's seed.
  /// So each block has an order of its own, and an interrupted study finds it again.
  public func order(
    ofBlock block: Int, _ configurations: [StudyConfiguration]
  ) -> [StudyConfiguration] {
    precondition(block > 0, "block \(block) is below 1")
    var positions = Array(configurations.indices)
    RandomStream(seed: seed, name: "study/block/\(block)").shuffle(&positions)
    return positions.map { configurations[$0] }
  }
}
