import RunRecords
import ScalingComparison
import TestSupport
import Testing

@Suite struct AspectTableTests {
  @Test func bothColumns() {
    let text = AspectTable.text(
      single: [makeRecord(), makeRecord(seconds: 11, id: "aa")],
      multi: makeRecord(ranks: 2, seconds: 5.5, id: "bb"))
    #expect(
      text == """
        aspect              single device                       multiple devices
        ------------------- ----------------------------------- ----------------------------------------------
        hardware used       1 rank on 1 node, 1 thread per rank 2 ranks on 1 node, 1 thread per rank
                            binding: core                       binding: core
                            cpu: Example CPU, 4 cores           cpu: Example CPU, 4 cores
        performance         10.50 s training (median of 2 runs) 5.50 s training
                            1145 images/s                       2182 images/s
                                                                1 run: no interval
        speedup             1.00                                1.91
        parallel efficiency 1.00                                0.95
        communication share 0.0 % of the training time          9.0 % of the training time
                            waiting 0.0 %, transfer 0.0 %       by allreduce: waiting 5.0 %, transfer 4.0 %
        memory per rank     120.0 MB (largest peak)             121.5 MB (largest peak)
        test accuracy       98.60 %                             98.60 % (agrees)
        loss                0.0312 last step, 0.0456 test       0.0312 last step, 0.0456 test
                                                                test loss differs by 0.0000
        same work           work abcdef012345                   equal work, machine, program, threads, binding
                            mode: fast                          mode: fast
                            samples seen: 12000                 samples seen: 12000
                                                                same work: not certified (a record without a
                                                                certificate)
                                                                nothing checked differs
        best use                                                Several devices pay: 2 ranks are 1.91 times as
                                                                fast as one; the largest loss is waiting for
                                                                other ranks (0.55 s over all ranks).
        """)
  }

  /// The performance cell of each side shows that it is of one run.
  @Test func eitherSideOfOneRunHasNoInterval() {
    #expect(
      text(5).contains(
        "performance 10.00 s training 5.00 s training 1200 images/s 2400 images/s "
          + "1 run: no interval 1 run: no interval speedup"))
  }

  func text(_ seconds: Double, _ change: (inout RunRecord) -> Void = { _ in }) -> String {
    AspectTable.text(
      single: [makeRecord()], multi: makeRecord(ranks: 2, seconds: seconds, id: "bb", change)
    ).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test func slowerRunsAdviseOneRank() {
    let slow = text(12.5) { $0.ranks[1].phases.allReduceWait = 12 }
    #expect(slow.contains("best use Keep one rank: 2 ranks are only 0.80 times as fast as one;"))
    #expect(slow.contains("most is lost to waiting for other ranks (13.25 s over all ranks)."))
    #expect(text(10).contains("Keep one rank: 2 ranks are only 1.00 times as fast as one;"))
  }

  @Test func theLargestLossIsNamed() {
    #expect(text(8).contains("Several devices help where time matters more than cores: 2 ranks"))
    #expect(text(8).contains("most is lost to slower forward and backward passes"))
    #expect(
      text(7) { $0.ranks[0].phases.update = 5 }.contains("the update, repeated on every rank (4."))
    #expect(
      text(7) { $0.ranks[0].phases.allReduceTransfer = 5 }.contains("the transfer of gradients (5.")
    )
    #expect(
      text(7) { $0.ranks[0].phases.load = 5 }.contains("loading and the rest of the step (4.94 s"))
  }

  @Test func aMissingSpeedupHasItsReason() {
    let other = text(5) { $0.result.testAccuracy = 0.97 }
    #expect(other.contains("speedup 1.00 not given (see same work)"))
    #expect(other.contains("97.00 % (differs by 1.60 points)"))
    #expect(other.contains("test accuracy: 97.00 % against 98.60 % (differs by 1.60 points"))
    #expect(other.contains("Cannot be said: the runs do not count against each other"))
    let busy = text(5) { $0.loads = [NodeLoad(node: 0, host: "alpha", othersShare: 0.5)] }
    #expect(busy.contains("not a measurement: other programs used 50 % of the cores of alpha"))
    #expect(busy.contains("Cannot be said: the run is not a measurement."))
    #expect(text(4).contains("1.25 (efficiency above 1: cache effect or another base)"))
  }

  @Test func theVerdictOfTheCertificatesIsShown() {
    let (one, two) = ComparabilityCase("", comparable: true, []) { _, _ in }.records
    let text = AspectTable.text(single: [one], multi: two)
    #expect(text.contains(" same work: proved (weights 3f9c1b2a… equal\n"))
    #expect(text.contains(" after every epoch)\n"))
  }

  @Test func anotherNumberOfThreadsIsComparedByCores() {
    let two = makeRecord(seconds: 6, id: "aa") { $0.config.threadsPerRank = 2 }
    let text = AspectTable.text(
      single: [two], multi: makeRecord(ranks: 2, seconds: 5, id: "bb"))
    #expect(text.contains("threads per rank: 1 against 2"))
    #expect(
      text.contains(
        "\nSame cores in total (2): 1 rank x 2 threads 6.00 s; 2 ranks x 1 thread 5.00 s\n"
          + "To make the missing one-rank run: mpirun -np 1 --bind-to core mnist-mpi "))
  }

  @Test func withoutAComparableRunThereIsNoSpeedup() {
    let other = text(5) {
      $0.work.seed = 7
      $0.workHash = "other"
    }
    #expect(other.contains("speedup no comparable run not given"))
    #expect(other.contains("no one-rank run of the same work seed: 7 against 1"))
    #expect(other.contains("Cannot be said without a comparable one-rank run."))
    #expect(other.contains("To make the missing one-rank run: mpirun -np 1 "))
  }

  @Test func differingReplicasAndSyntheticDataAreShown() {
    let other = text(5) {
      $0.result.replicasEqual = false
      $0.config.syntheticData = true
    }
    #expect(other.contains("speedup 1.00 not given"))
    #expect(other.contains("replicas differ: not valid"))
    #expect(other.contains("Cannot be said: the replicas differ."))
    #expect(other.hasSuffix("Synthetic data: loss and accuracy say nothing about real images."))
  }
}
