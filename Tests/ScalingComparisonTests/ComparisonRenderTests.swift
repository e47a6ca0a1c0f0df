import FoundationEssentials
import RunRecords
import ScalingComparison
import TestSupport
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
        ranks nodes hosts threads binding sync      mode  batch training images/s speedup efficiency comm. accuracy   loss notes
                            /rank                        global        s                                 %        %  final
        ----- ----- ----- ------- ------- --------- ---- ------ -------- -------- ------- ---------- ----- -------- ------ -----
            1     1 alpha       1 core    -         fast     64    10.50     1145    1.00       1.00   0.0    98.60 0.0312 1 2
            2     1 alpha       1 core    allreduce fast     64     5.50     2182    1.91       0.95   9.0    98.60 0.0312 3 4
            4     3 a +2        2 core    allreduce fast     64     5.00     2400      -!         -!   6.5    98.60 0.0312 5 6 4
          1  base
          2  median of 2 runs, 10.00 to 11.00 s (spread 9.5 %)
          3  same work: not certified (a record without a certificate)
          4  1 run: no interval
          5  no one-rank run under the same conditions
          6  threads per rank: 2 against 1
        ! does not count: see the notes
        To make the missing one-rank run: mpirun -np 1 --bind-to core mnist-mpi train --data data/mnist --threads 2
        """)
  }

  @Test func markdown() throws {
    let records = [
      makeRecord {
        $0.config.data = "synthetic"
        $0.config.leaves = 8
      },
      makeRecord(ranks: 2, seconds: 5.5, id: "bb") {
        $0.machine.mpi = "a|b"
        $0.config.leaves = 8
        $0.config.syntheticData = true
      },
    ]
    #expect(
      try Comparison(records: records).render(.markdown) == #"""
        cnn, strong scaling, global batch 64, 2 epochs, seed 1, data synthetic (6000 training and 10000 test images)

        Synthetic data: loss and accuracy say nothing about real images.

        | ranks | nodes | hosts | threads (/rank) | binding | sync      | mode     | batch (global) | training (s) | images/s | speedup | efficiency | comm. (%) | accuracy (%) | loss (final) | notes                                                                                           |
        |------:|------:|:------|----------------:|:--------|:----------|:---------|---------------:|-------------:|---------:|--------:|-----------:|----------:|-------------:|-------------:|:------------------------------------------------------------------------------------------------|
        |     1 |     1 | alpha |               1 | core    | -         | 8 leaves |             64 |        10.00 |     1200 |    1.00 |       1.00 |       0.0 |        98.60 |       0.0312 | base; 1 run: no interval                                                                        |
        |     2 |     1 | alpha |               1 | core    | allreduce | 8 leaves |             64 |         5.50 |     2182 |      -! |         -! |       9.0 |        98.60 |       0.0312 | no one-rank run under the same conditions; MPI: a\|b against Open MPI 4.1.4; 1 run: no interval |

        ! does not count: see the notes

        To make the missing one-rank run: mpirun -np 1 --bind-to core mnist-mpi train --data data/mnist --threads 1
        """#)
  }

  @Test func csvQuotesWhatNeedsIt() throws {
    let record = makeRecord(ranks: 2, seconds: 5, id: "bb") {
      $0.config.data = "a \"b\", c"
      $0.machine.cpu = "two\nlines"
      $0.config.leaves = 8
      $0.result.imagesPerSecond = nil
    }
    #expect(
      try Comparison(records: [record]).render(.csv) == """
        workHash,model,scaling,data,syntheticData,ranks,nodes,hosts,threadsPerRank,binding,sync,leaves,\
        device,cpu,\
        revision,globalBatch,runs,trainingSeconds,trainingSecondsMin,trainingSecondsMax,\
        imagesPerSecond,speedup,efficiency,communicationShare,waitShare,transferShare,testAccuracy,\
        accuracyAgrees,finalLoss,replicasEqual,isMeasurement,sameWork,baseRuns,baseTrainingSeconds,notes
        abcdef0123456789,cnn,strong,"a ""b"", c",false,2,1,alpha,1,core,allreduce,8,cpu,"two
        lines",1234abc,64,1,5.0,5.0,5.0,,,,0.09,0.05,0.04,0.986,,0.0312,true,true,,0,,\
        no one-rank run to compare with; 1 run: no interval
        """)
  }

  @Test func jsonHoldsNumbersAndComesBack() throws {
    let comparison = Comparison(records: records)
    let text = try comparison.render(.json)
    #expect(text.contains("\"trainingSeconds\" : 10.5,"))
    #expect(text.contains("\"syntheticData\" : false,"))
    #expect(text.contains("\"verdict\" : {\n            \"notCertified\""))
    #expect(try JSONDecoder().decode(Comparison.self, from: Data(text.utf8)) == comparison)
  }

  @Test func theWidestTableFitsAbout130Columns() throws {
    let records = (0..<2).map { index in
      makeRecord(ranks: index == 0 ? 1 : 16, seconds: 1234.56 / Double(index + 1), id: "a\(index)")
      {
        $0.machine.binding = .severalCores
        $0.config.leaves = 16
      }
    }
    let lines = try Comparison(records: records).render(.text).split(separator: "\n")
    #expect(lines[1].hasPrefix("ranks nodes hosts"))
    #expect(lines[1...5].allSatisfy { $0.count <= 132 })
  }

  @Test func weakScalingAndStepsAreInTheHeading() throws {
    var record = makeWeakRecord(ranks: 1, seconds: 10, samplesSeen: 64)
    record.work.steps = 1
    #expect(
      try Comparison(records: [record]).render(.text).hasPrefix(
        "cnn, weak scaling, batch per rank 64, 1 step, seed 1, data data/mnist ("))
  }

  @Test func syntheticDataIsNamedInEveryFormat() throws {
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
