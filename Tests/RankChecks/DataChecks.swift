import DataParallel
import Dataset
import MessagePassing
import SystemSupport

/// The scatter of data: every sample is on exactly one rank, complete, at its owner's local index.
enum DataChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    for (limit, shards) in [(100, 840), (97, 8), (840, 7)] {
      let options = DataSource.Options(limit: limit, seed: 3)
      let source = try DataSource.synthetic.read(options)
      for leaves in [nil, 8] {
        let what = "\(limit) samples, \(shards) shards, \(leaves.map { "\($0) leaves" } ?? "fast")"
        var reads = 0
        let local = try Scatter.distribute(
          over: world, virtualShards: shards, leaves: leaves
        ) {
          reads += 1
          return try DataSource.synthetic.open(options)
        }
        findings.expect(reads, equals: world.isRoot ? 1 : 0, "\(what): reads")
        findings.expect(local.facts.sha256, equals: source.sha256, "\(what): hash")
        findings.expect(
          local.facts.normalisations, equals: source.normalisations, "\(what): inputs")
        let samples = local.trainingSamples
        var index = 0
        local.owners.forEachSample(of: world.rank) { sample in
          let size = source.training.shape.size
          let image = source.training.images[(sample * size)..<((sample + 1) * size)]
          findings.expect(
            image.elementsEqual(samples.images[(index * size)..<((index + 1) * size)]),
            "\(what): image \(sample)")
          findings.expect(
            samples.labels[index], equals: source.training.labels[sample],
            "\(what): label \(sample)")
          index += 1
        }
        findings.expect(samples.count, equals: index, "\(what): local samples")
        let all = try world.allReduce(samples.count, .sum)
        findings.expect(all, equals: limit, "\(what): samples of all ranks")
        let tests = try world.allReduce(local.testSamples.count, .sum)
        findings.expect(tests, equals: 10_000, "\(what): test samples of all ranks")
      }
    }
  }

  /// An error in the data on rank 0 is thrown as the same error on all ranks.
  static func checkErrors(_ world: Communicator, _ findings: inout Findings) throws {
    do {
      _ = try Scatter.distribute(over: world, virtualShards: 840) {
        throw DatasetError(path: "file", problem: "is spoiled")
      }
      findings.expect(false, "bad data went unnoticed")
    } catch let error as AgreedError {
      findings.expect(
        error, equals: AgreedError("file: is spoiled", exitCode: ExitCode.data), "error")
    }
    // No rank is still waiting in a collective: the next collective works on all ranks.
    findings.expect(try world.allReduce(1, .sum), equals: world.size, "ranks after the error")
  }
}
