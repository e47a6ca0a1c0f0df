import RunRecords

extension ComparabilityCase {
  static let certificates: [ComparabilityCase] = [
    ComparabilityCase("a record without a certificate", comparable: true, [uncertified]) {
      $1.certificate = nil
    },
    ComparabilityCase(
      "rounding", comparable: true,
      ["same work: same samples and steps, epochs' losses equal within 3.1e-05"]
    ) {
      $1.certificate?.epochs[0].weightsSHA256 = "77ab"
      $1.epochs[0].trainingLoss = 0.2000062
      $1.epochs[0].testLoss *= 1 - 2e-5
      // The loss of the last step must not matter: it is a mean of few samples.
      $1.result.finalLoss = 0.018
    },
    ComparabilityCase(
      "rounding of the test loss", comparable: true,
      ["same work: same samples and steps, epochs' losses equal within 1.0e-01"]
    ) {
      $1.certificate?.epochs[1].weightsSHA256 = "77ab"
      $0.epochs[0].testLoss = 0.02
      $1.epochs[0].testLoss = 0.018
    },
    ComparabilityCase("data", comparable: false, ["same work: no: the data differ"]) {
      $1.certificate?.dataSHA256 = "beef"
    },
    ComparabilityCase(
      "initial weights", comparable: false, ["same work: no: the initial weights differ"]
    ) {
      $1.certificate?.initialWeightsSHA256 = "beef"
    },
    ComparabilityCase(
      "order", comparable: false, ["same work: no: the order of samples differs from epoch 2 on"]
    ) {
      $1.certificate?.epochs[1].orderHash = "beef"
    },
    ComparabilityCase(
      "number of epochs", comparable: false, ["same work: no: the number of epochs differs"]
    ) {
      $1.certificate?.epochs.removeLast()
    },
    ComparabilityCase("reproducible and equal", comparable: true, [proved]) {
      $0.config.leaves = 8
      $1.config.leaves = 8
    },
    ComparabilityCase(
      "reproducible and not equal", comparable: false,
      [
        "same work: no: weights differ from epoch 1 on, "
          + "although both runs are reproducible with 8 leaves"
      ]
    ) {
      $0.config.leaves = 8
      $1.config.leaves = 8
      $1.certificate?.epochs[0].weightsSHA256 = "beef"
    },
  ]

  static let superlinear: [ComparabilityCase] = [
    ComparabilityCase(
      "efficiency above 1 by the L3 cache", comparable: true,
      [
        proved,
        "efficiency above 1: likely the cache: a rank works on 10.7 MB, one rank alone on 21.4 MB, "
          + "of 16.0 MB L3",
      ]
    ) {
      setCaches(&$0, workingSet: 21_400_000, l2: 1_000_000, l3: 16_000_000)
      setCaches(&$1, workingSet: 10_700_000, l2: 1_000_000, l3: 16_000_000)
      $1.result.trainingSeconds = 4
    },
    ComparabilityCase(
      "efficiency above 1 by the L2 cache", comparable: true,
      [
        proved,
        "efficiency above 1: likely the cache: a rank works on 0.9 MB, one rank alone on 1.8 MB, "
          + "of 1.0 MB L2",
      ]
    ) {
      setCaches(&$0, workingSet: 1_800_000, l2: 1_000_000, l3: nil)
      setCaches(&$1, workingSet: 900_000, l2: 1_000_000, l3: nil)
      $1.result.trainingSeconds = 4
    },
    ComparabilityCase(
      "efficiency above 1 by no cache", comparable: true,
      [
        proved,
        "efficiency above 1: no cache explains it (a rank works on 10.7 MB, one rank alone on "
          + "21.4 MB; L2 1.0 MB, L3 32.0 MB): likely noise, there is one run only",
      ]
    ) {
      setCaches(&$0, workingSet: 21_400_000, l2: 1_000_000, l3: 32_000_000)
      setCaches(&$1, workingSet: 10_700_000, l2: 1_000_000, l3: 32_000_000)
      $1.result.trainingSeconds = 4
    },
    ComparabilityCase(
      "efficiency above 1, caches unknown", comparable: true,
      [proved, "efficiency above 1: cache effect or another base"]
    ) { $1.result.trainingSeconds = 4 },
  ]

  private static func setCaches(_ record: inout RunRecord, workingSet: Int, l2: Int, l3: Int?) {
    record.machine.l2CacheBytes = l2
    record.machine.l3CacheBytes = l3
    for rank in record.ranks.indices { record.ranks[rank].workingSetBytes = workingSet }
  }
}
