import FoundationEssentials
import Measurement
import Testing

@Suite struct ComparisonRenderTests {
  let records = [
    makeRecord(), makeRecord(seconds: 11, id: "aa"),
    makeRecord(ranks: 4, seconds: 5, id: "cc") {
      $0.config.threadsPerRank = 2
      $0.run.nodes = 3
      $0.machine.hosts = ["a.x", "b.x", "c.x"]
    },
    makeRecord(ranks: 2, seconds: 5.5, id: "bb"),
  ]

  @Test func text() throws {
    #expect(
      try Comparison(records: records).render(.text) == """
        cnn, strong scaling, global batch 64, 2 epochs, seed 1, data data/mnist (6000 training and 10000 test images)
        ranks nodes hosts threads binding sync       batch training images/s speedup efficiency comm. accuracy   loss notes
                            /rank                   global        s                                 %        %  final
        ----- ----- ----- ------- ------- --------- ------ -------- -------- ------- ---------- ----- -------- ------ -----
            1     1 alpha       1 core    -             64    10.50     1145    1.00       1.00   0.0    98.60 0.0312 1 2
            2     1 alpha       1 core    allreduce     64     5.50     2182    1.91       0.95   9.0    98.60 0.0312
            4     3 a +2        2 core    allreduce     64     5.00     2400   2.10*      0.53*   6.5    98.60 0.0312 3
          1  base
          2  median of 2 runs, 10.00 to 11.00 s (spread 9.5 %)
          3  threads per rank: 2 against 1
        * measured against runs that differ: see the notes
        """)
  }

  @Test func markdown() throws {
    let records = [
      makeRecord { $0.config.data = "synthetic" },
      makeRecord(ranks: 2, seconds: 5.5, id: "bb") {
        $0.machine.mpi = "a|b"
        $0.config.syntheticData = true
      },
    ]
    #expect(
      try Comparison(records: records).render(.markdown) == #"""
        cnn, strong scaling, global batch 64, 2 epochs, seed 1, data synthetic (6000 training and 10000 test images)

        Synthetic data: loss and accuracy say nothing about real images.

        | ranks | nodes | hosts | threads (/rank) | binding | sync      | batch (global) | training (s) | images/s | speedup | efficiency | comm. (%) | accuracy (%) | loss (final) | notes                            |
        |------:|------:|:------|----------------:|:--------|:----------|---------------:|-------------:|---------:|--------:|-----------:|----------:|-------------:|-------------:|:---------------------------------|
        |     1 |     1 | alpha |               1 | core    | -         |             64 |        10.00 |     1200 |    1.00 |       1.00 |       0.0 |        98.60 |       0.0312 | base                             |
        |     2 |     1 | alpha |               1 | core    | allreduce |             64 |         5.50 |     2182 |   1.82* |      0.91* |       9.0 |        98.60 |       0.0312 | MPI: a\|b against Open MPI 4.1.4 |

        * measured against runs that differ: see the notes
        """#)
  }

  @Test func csvQuotesWhatNeedsIt() throws {
    let record = makeRecord(ranks: 2, seconds: 5, id: "bb") {
      $0.config.data = "a \"b\", c"
      $0.machine.cpu = "two\nlines"
      $0.result.imagesPerSecond = nil
    }
    #expect(
      try Comparison(records: [record]).render(.csv) == """
        workHash,model,scaling,data,syntheticData,ranks,nodes,hosts,threadsPerRank,binding,sync,device,cpu,\
        revision,globalBatch,runs,trainingSeconds,trainingSecondsMin,trainingSecondsMax,\
        imagesPerSecond,speedup,efficiency,communicationShare,waitShare,transferShare,testAccuracy,\
        accuracyAgrees,finalLoss,replicasEqual,baseRuns,baseTrainingSeconds,notes
        abcdef0123456789,cnn,strong,"a ""b"", c",false,2,1,alpha,1,core,allreduce,cpu,"two
        lines",1234abc,64,1,5.0,5.0,5.0,,,,0.09,0.05,0.04,0.986,,0.0312,true,0,,\
        no one-rank run to compare with
        """)
  }

  @Test func jsonHoldsNumbersAndComesBack() throws {
    let comparison = Comparison(records: records)
    let text = try comparison.render(.json)
    #expect(text.contains("\"trainingSeconds\" : 10.5,"))
    #expect(text.contains("\"syntheticData\" : false,"))
    #expect(try JSONDecoder().decode(Comparison.self, from: Data(text.utf8)) == comparison)
  }

  @Test func weakScalingAndStepsAreInTheHeading() throws {
    var record = makeWeakRecord(ranks: 1, seconds: 10, samplesSeen: 64)
    record.work.steps = 1
    #expect(
      try Comparison(records: [record]).render(.text).hasPrefix(
        "cnn, weak scaling, batch per rank 64, 1 step, seed 1, data data/mnist ("))
  }

  @Test func syntheticDataIsSaidInEveryForm() throws {
    let comparison = Comparison(records: [
      makeRecord {
        $0.config.syntheticData = true
        $0.config.data = "synthetic"
      }
    ])
    let sentence = "Synthetic data: loss and accuracy say nothing about real images."
    #expect(try comparison.render(.text).contains(sentence))
    #expect(try comparison.render(.markdown).contains(sentence))
    #expect(try comparison.render(.csv).contains(",synthetic,true,"))
    #expect(try comparison.render(.json).contains("\"syntheticData\" : true"))
  }

  @Test func noRecordsAtAll() throws {
    #expect(try Comparison(records: []).render(.text) == "No records to compare.")
  }
}
