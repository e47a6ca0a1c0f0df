import Foundation
import RunRecords
import ScalingStudy
import Statistics
import TestSupport
import Testing

/// The report as text, CSV and JSON.
@Suite struct ReportTests {
  private let analysis = analyse(
    (1...7).flatMap { block in
      blockRecords(block, factor: 1 + 0.01 * Double(block), isDisturbed: block == 3)
    })

  private func words(_ report: StudyReport) -> String {
    report.text().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test func textHasTableLedgerAndMethod() {
    let text = words(StudyReport(analysis))
    for part in [
      "cnn, strong scaling, global batch 64, 200 steps, seed 1, data data/mnist "
        + "(6000 training and 10000 test images)",
      "On Example CPU with 4 cores a node, device cpu, program revision 1234abc",
      "1 1 - 1 6 9.82 [9.49, 10.06]", "2 1 allreduce 1 6 6.55 [6.33, 6.71]",
      "1.50 [1.50, 1.50] 0.750 [0.750, 0.750] 4 2 3", "96.9 % interval of 6 runs",
      "Loss ledger of 2 ranks, allreduce, 1 thread each: 2 T(2) = 13.06 s, 3.27 s (25.0 %) more than "
        + "one rank needs; means over 6 blocks",
      "slower computation 1.04 8.0 1.01 to 1.07 Forward and backward are slower",
      "The slowest is rank 1 on alpha: it computes for 6.28 s, the mean is 6.07 s. Try:",
      "skew 0.02 0.2 0.02 to 0.02 Ranks end before the slowest rank does.",
      "total 3.27 25.0 p T(p) - T(1)",
      "POP factors: parallel efficiency 0.929 = load balance 0.966 x communication efficiency "
        + "0.962; computation scalability 0.789",
      "Fits for allreduce, 1 thread a rank: none: a fit needs at least four rank counts",
      "1 rank, 1 thread 9.49 9.59 (9.68) 9.78", "6.33 6.40 (6.46~) 6.52",
      "results/8.json, cnn-strong-b64-np2-t1-allreduce, block 3: other programs used 25 % of the "
        + "cores of alpha",
      "7 blocks; other programs disturbed runs in 1",
      "Stopping rule: not known", "more than 10 % of a node's cores",
      "Hoefler and Belli, \"Scientific benchmarking of parallel computing systems\", SC15.",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test func theMethodHasFiveSentences() throws {
    let json = try object(StudyReport(analysis))
    #expect((json["method"] as? [String])?.count == 5)
  }

  @Test func noRecordsAreNamed() throws {
    let report = StudyReport(analyse([]))
    #expect(report.text() == "No records to report.")
    #expect(report.csv().split(separator: "\n").count == 1)
    #expect((try object(report)["rows"] as? [Any])?.isEmpty == true)
  }

  @Test func whatRecordsDoNotHoldIsHandedOver() {
    let failure = StudyFailure(
      file: "failed/cnn.txt", configuration: "cnn-strong-b64-np2-t1-node", block: 4, exitCode: 139,
      attempt: 2)
    let text = words(
      StudyReport(
        analysis, failures: [failure],
        end: .narrowIntervals(StoppingRule(width: 0.02, maxRepeats: 30)),
        findings: ["warning: 2 cores are shared"]))
    #expect(
      text.contains(
        "cnn-strong-b64-np2-t1-node, block 4, attempt 2: exit code 139, output in failed/cnn.txt"))
    #expect(text.contains("Findings of doctor before the first block: warning: 2 cores are shared"))
    #expect(
      text.contains("at most 2.0 % of its median wide, looked at after 9, 12, 15, ... blocks"))
    #expect(text.contains("nominal 95 % intervals"))
    #expect(
      words(StudyReport(analysis, end: .blocks(6))).contains("Stopping rule: 6 blocks, fixed"))
  }

  @Test func rowsThatDoNotCountAreMarked() {
    let crowded = analyse(
      blockRecords(1) + [studyRecord(Times.pair, Place(sync: "node")) { $0.ranks[1].cores = [0] }])
    let text = words(StudyReport(crowded))
    #expect(text.contains("2 1 node 1 1 6.27 2041 -! -!"))
    #expect(text.contains("! does not count: see the notes"))
    #expect(text.contains("1 run: no interval"))
  }

  @Test func aRestThatExplainsNothingIsNamed() {
    let records = [
      studyRecord([Times.single]),
      studyRecord(Times.pair.map { time in RankTimes(forward: time.forward, other: 1) }),
    ]
    #expect(
      words(StudyReport(analyse(records))).contains("more than 3 %: the parts do not explain"))
  }

  @Test func gainsAreNoLosses() {
    var records = blockRecords(1)
    records[1] = studyRecord([RankTimes(forward: 1, backward: 2)], Place(batch: 32))
    let text = words(StudyReport(analyse(records)))
    #expect(text.contains("A gain: with 32 images a rank instead of 64 an image takes less time"))
  }

  @Test func fitsShowWhereMoreRanksStopPaying() {
    let counts = [1, 2, 4, 8]
    let records = counts.map { count in
      let seconds = 50 / Double(count) + 10 + 3 * Double(count - 1)
      return studyRecord(
        [RankTimes](repeating: RankTimes(forward: seconds), count: count), Place(sync: "node"))
    }
    let report = StudyReport(analyse(records))
    let text = words(report)
    #expect(text.contains("Fits for node, 1 thread a rank, T(p) = seconds of the run"))
    #expect(text.contains("USL: T(p) = 66.3000 s"))
    #expect(text.contains("more ranks stop paying at 4.1"))
    #expect(text.contains("residuals in s for p = 1, 2, 4, 8:"))
  }

  @Test func jsonHasTheKeysOfOtherPrograms() throws {
    let json = try object(StudyReport(analysis))
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.count == 2)
    let pair = rows[1]
    #expect(pair["ranks"] as? Int == 2 && pair["nodes"] as? Int == 1)
    #expect(pair["scaling"] as? String == "strong" && pair["sync"] as? String == "allreduce")
    #expect(pair["threads"] as? Int == 1 && pair["model"] as? String == "cnn")
    #expect(pair["batch"] as? Int == 64 && pair["runs"] as? Int == 6)
    for key in ["trainingSeconds", "imagesPerSecond", "speedup", "efficiency"] {
      let interval = try #require(pair[key] as? [String: Any], "\(key)")
      #expect(Set(interval.keys).isSuperset(of: ["median", "low", "high", "level"]))
      #expect(interval["level"] as? Double == 0.96875)
    }
    // Unrounded.
    let median = (pair["efficiency"] as? [String: Any])?["median"] as? Double
    #expect(median == analysis.works[0].rows[1].efficiency?.median)
    let ledger = try #require(pair["ledger"] as? [[String: Any]])
    #expect(ledger.map { Set($0.keys) }.allSatisfy { $0 == ["part", "seconds", "low", "high"] })
    let sum = ledger.compactMap { $0["seconds"] as? Double }.reduce(0, +)
    let total = try #require(pair["ledgerTotalSeconds"] as? Double)
    #expect(ledger.count == 8 && abs(sum - total) < 1e-9)
    #expect(rows[0]["ledgerTotalSeconds"] is NSNull)
    #expect((rows[0]["ledger"] as? [Any])?.isEmpty == true)
    #expect((json["fits"] as? [[String: Any]])?.first?["refusal"] is String)
    let runs = try #require(json["runs"] as? [[String: Any]])
    #expect(runs.count == 21 && runs[8]["file"] as? String == "results/8.json")
    #expect(runs[8]["validity"] as? String == "disturbed" && runs[8]["counts"] as? Bool == false)
    #expect(runs[0]["validity"] as? String == "measurement" && runs[0]["counts"] as? Bool == true)
  }

  @Test func anIntervalThatIsARangeHasTheLevelNull() throws {
    let json = try object(StudyReport(analyse(blockRecords(1) + blockRecords(2))))
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect((rows[1]["efficiency"] as? [String: Any])?["level"] is NSNull)
    let invalid = try object(StudyReport(analyse([studyRecord(Times.pair)])))
    #expect((invalid["rows"] as? [[String: Any]])?.first?["speedup"] is NSNull)
  }

  @Test func csvHasALineForEachRow() throws {
    let odd = studyRecord([Times.single], Place(block: nil)) {
      $0.config.data = "a,\"b\""
      $0.work.seed = 9
    }
    let lines = StudyReport(analyse(blockRecords(1) + [odd])).csv().split(separator: "\n")
    #expect(lines.count == 4)
    let names = lines[0].split(separator: ",").map(String.init)
    let values = lines[2].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let pair = Dictionary(zip(names, values)) { one, _ in one }
    #expect(pair["ranks"] == "2" && pair["sync"] == "allreduce" && pair["speedupLevel"] == "")
    let speedup = try row(2, of: analyse(blockRecords(1))).speedup?.median
    #expect(Double(pair["speedup"] ?? "") == speedup)
    #expect(abs((Double(pair["ledgerSlowerComputationSeconds"] ?? "") ?? 0) - 1) < 1e-9)
    #expect(pair["ledgerComputationSeconds"] == "")
    #expect(lines[3].contains("\"a,\"\"b\"\"\""))
  }

  private func object(_ report: StudyReport) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(report.json().utf8))
    return try #require(value as? [String: Any])
  }
}
