import Benchmarks
import Foundation
import RunRecords
import SystemSupport
import Testing

@Suite struct BenchTableTests {
  /// A made-up report with a peak of 100 GFLOP/s and a step of 10 ms.
  static func makeReport(threads: Int = 1, method: String = "winograd") -> BenchReport {
    BenchReport(
      work: .init(
        model: "cnn", layers: "conv3x3:32,fc:10", image: "32x32x3", parameters: 1234, batch: 50,
        threads: threads, optimizer: "adam", convolution: "auto", precision: nil, repeats: 3,
        stepsPerRepeat: 7,
        warmUpSteps: 1),
      host: .init(
        cpu: "A CPU", cores: 8, allowedCores: [0, 1, 2, 5], binding: .severalCores,
        blas: "OpenBLAS 1.2.3", blasKernel: "Haswell", instructionSet: "AVX2 and FMA",
        clockGHz: 3.456),
      limits: [
        BenchLine(name: "multiply-adds", repeats: [0.01, 0.03, 0.02], gflop: 2),
        BenchLine(name: "copy in memory, 4 KiB", repeats: [0.5], gigabytes: 5),
      ],
      parts: [
        BenchLine(name: "load", phase: "load", repeats: [0.001], gigabytes: 0.004),
        BenchLine(name: "forward", phase: "forward", repeats: [0.004, 0.005, 0.006], gflop: 0.75),
        BenchLine(
          name: "conv1, relu", phase: "forward", isWithinPhase: true, method: method,
          repeats: [0.004], gflop: 0.75),
        BenchLine(name: "softmax, loss", phase: "forward", isWithinPhase: true, repeats: [0.001]),
      ],
      step: BenchLine(name: "step", repeats: [0.01], gflop: 0.75))
  }

  @Test func theWholeText() {
    #expect(
      BenchTable.text(Self.makeReport()) == """
        Machine: A CPU, 8 cores; OpenBLAS 1.2.3, kernel Haswell
        Kernels: AVX2 and FMA, at 3.46 GHz
        Work: cnn (conv3x3:32,fc:10), images 32x32x3, 1234 parameters, batch 50, adam, convolution auto
        Threads: 1 on cores 0-2,5, binding: several cores
        Timing: 3 repeats of 7 steps after 1 step of warm-up; median and spread over the repeats of a step's mean

        the machine's limits   median     p10     p90  GFLOP GFLOP/s GB/s
                                   ms      ms      ms
        --------------------- ------- ------- ------- ------ ------- ----
        multiply-adds          20.000  12.000  28.000 2.0000   100.0
        copy in memory, 4 KiB 500.000 500.000 500.000                10.0

        phase or stage  method   median    p10    p90 of step  GFLOP GFLOP/s of peak GB/s
                                     ms     ms     ms       %                      %
        --------------- -------- ------ ------ ------ ------- ------ ------- ------- ----
        load                      1.000  1.000  1.000    10.0                         4.0
        forward                   5.000  4.200  5.800    50.0 0.7500   150.0     150
          conv1, relu   winograd  4.000  4.000  4.000    40.0 0.7500   187.5     188
          softmax, loss           1.000  1.000  1.000    10.0
        step                     10.000 10.000 10.000   100.0 0.7500    75.0      75

        5000 images/s at the median step
        GFLOP: counted as direct convolution and plain products take them; the first layer has no gradient of its input.
        Winograd's method does up to 4 times fewer multiplications than are counted, so its share of the peak may pass 100 %.
        Peak: the median of the multiply-adds in registers, which no product in float32 can exceed. GB/s: bytes read plus bytes written.
        """)
  }

  @Test func noteOnWinogradOnlyWhereItIsUsed() {
    #expect(!BenchTable.text(Self.makeReport(method: "im2col")).contains("Winograd"))
    #expect(BenchTable.text(Self.makeReport()).contains("Winograd"))
  }

  @Test func noteOnSeveralThreads() {
    #expect(!BenchTable.text(Self.makeReport()).contains("mean over the threads"))
    #expect(BenchTable.text(Self.makeReport(threads: 2)).contains("mean over the threads"))
  }

  @Test func ratesAndShares() throws {
    let report = Self.makeReport()
    #expect(report.imagesPerSecond == 5000)
    #expect(report.limits[0].gflopPerSecond == 100)
    #expect(report.limits[1].gigabytesPerSecond == 10)
    #expect(report.parts[1].shareOfStep == 0.5)
    #expect(report.parts[2].gflopPerSecond == 187.5)
    #expect(report.parts[2].shareOfPeak == 1.875)
    #expect(report.parts[3].shareOfPeak == nil)
    #expect(report.step.shareOfPeak == 0.75)
  }

  @Test func jsonRoundTrip() throws {
    let report = Self.makeReport()
    let text = try report.json()
    #expect(try JSONDecoder().decode(BenchReport.self, from: Data(text.utf8)) == report)
    var bad = report
    bad.imagesPerSecond = .infinity
    #expect(throws: NotFiniteError(key: "imagesPerSecond")) { try bad.json() }
  }
}
