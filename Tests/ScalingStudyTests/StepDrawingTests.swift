import RunRecords
import ScalingStudy
import Testing

@Suite struct StepDrawingTests {
  /// Three ranks in step 7, with 10 ms from 1 s on; rank 1 is slowed down and rank 2 updates only.
  private let trace = RunTrace(
    model: "mlp", run: "",
    tracks: [
      track([
        (.load, 1.000, 1.001), (.forward, 1.001, 1.003), (.backward, 1.003, 1.005),
        (.allReduceWait, 1.005, 1.007), (.allReduceTransfer, 1.007, 1.0085),
        (.update, 1.0085, 1.0099),
      ]),
      track(
        [
          (.forward, 1.0005, 1.0025), (.backward, 1.0025, 1.0045),
          (.allReduceTransfer, 1.007, 1.0086), (.update, 1.0086, 1.01),
        ], injected: (1.0045, 1.007)),
      track([(.update, 1.009, 1.00904)]),
    ])

  private static func track(
    _ spans: [(Phase, Double, Double)], injected: (Double, Double)? = nil
  ) -> RunTrace.Track {
    // A load of the epoch and an evaluation belong to no step.
    var all = [
      TraceSpan(.load, step: 7, epoch: 1, start: 0, end: 0.5),
      TraceSpan(.evaluate, step: 7, epoch: 1, start: 2, end: 3),
    ]
    all += spans.map { TraceSpan($0.0, step: 7, start: $0.1, end: $0.2) }
    if let injected {
      all.append(
        TraceSpan(.backward, isInjected: true, step: 7, start: injected.0, end: injected.1))
    }
    return RunTrace.Track(host: "vm", spans: all)
  }

  /// The page has the step as a chart: a track for each rank, and each phase by its name.
  @Test func theStepIsInThePage() throws {
    let step = try StepDrawing(of: trace, step: 7)
    let page = ParsedPage(
      StudyReport(StudyAnalysis(records: []), timeline: step).html())
    #expect(page.error == nil)
    for text in [
      "One step of all ranks", "Step 7 of mlp on all ranks", "rank 2 (vm)", "all-reduce wait",
      "drill 2.50 ms", "10.00 ms from the start",
    ] {
      #expect(page.text.contains(text), "\(text)")
    }
    let without = ParsedPage(StudyReport(StudyAnalysis(records: [])).html())
    #expect(!without.text.contains("One step of all ranks"))
  }

  @Test func theDrawingOfAStep() throws {
    let text = """
      Step 7 of mlp on 3 ranks: 10.000 ms
      ms      0.000               2.000               4.000               6.000               8.000               10.000
              |-------------------|-------------------|-------------------|-------------------|-------------------|
      rank 0  llllllllllffffffffffffffffffffbbbbbbbbbbbbbbbbbbbbwwwwwwwwwwwwwwwwwwwwtttttttttttttttuuuuuuuuuuuuuu.
      rank 1  .....ffffffffffffffffffffbbbbbbbbbbbbbbbbbbbbdddddddddddddddddddddddddttttttttttttttttuuuuuuuuuuuuuu
      rank 2  ....................................................................................................
              l load  f forward  b backward  d drill  w all-reduce wait  t all-reduce transfer  u update  . outside all phases

      rank host  load forward backward drill  wait transfer update outside
                   ms      ms       ms    ms    ms       ms     ms      ms
      ---- ---- ----- ------- -------- ----- ----- -------- ------ -------
         0 vm   1.000   2.000    2.000 0.000 2.000    1.500  1.400   0.100
         1 vm   0.000   2.000    2.000 2.500 0.000    1.600  1.400   0.500
         2 vm   0.000   0.000    0.000 0.000 0.000    0.000  0.040   9.960
      """
    #expect(try StepDrawing(of: trace, step: 7).text() == text)
  }

  @Test func theSpansOfAStep() throws {
    let drawing = try StepDrawing(of: trace, step: 7)
    #expect(drawing.step == 7 && drawing.model == "mlp" && drawing.hosts == ["vm", "vm", "vm"])
    #expect(abs(drawing.seconds - 0.01) < 1e-12)
    #expect(drawing.spans.count == 6 + 5 + 1)
    #expect(drawing.spans.map(\.rank) == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2])
    let first = try #require(drawing.spans.first)
    #expect(first.phase == .load && first.start == 0 && abs(first.end - 0.001) < 1e-12)
    let injected = drawing.spans.first(where: \.isInjected)
    let drill = try #require(injected)
    #expect(drill.phase == .backward && abs(drill.start - 0.0045) < 1e-12)
  }

  /// Steps 1 to `durations.count` of one rank, with these durations.
  private func steps(_ durations: [Double], from first: Int = 1) -> RunTrace {
    RunTrace(
      model: "cnn", run: "",
      tracks: [
        RunTrace.Track(
          host: "a",
          spans: durations.enumerated().map { index, seconds in
            TraceSpan(
              .forward, step: first + index, start: Double(index), end: Double(index) + seconds)
          })
      ])
  }

  /// The first five steps of a run are not chosen if there are others.
  @Test func theStepOfMedianDuration() throws {
    let long = try StepDrawing(of: steps([0.9, 0.1, 0.1, 0.1, 0.1, 0.5, 0.25, 0.75]))
    #expect(long.step == 6 && long.candidates == 6...8)
    #expect(
      long.text().hasPrefix("Step 6 of cnn on 1 rank: 500.000 ms, the median of steps 6 to 8\n"))
    #expect(!long.text().contains("drill"))
    let short = try StepDrawing(of: steps([0.5, 0.25, 0.75, 0.125]))
    #expect(short.step == 2 && short.candidates == 1...4)
    #expect(try StepDrawing(of: steps([0.5], from: 40)).step == 40)
    let named = try StepDrawing(of: steps([0.5, 0.25]), step: 1)
    #expect(named.step == 1 && named.candidates == nil)
  }

  @Test func aStepThatIsNotThere() {
    #expect(throws: TraceError.noSuchStep(9, first: 3, last: 4)) {
      try StepDrawing(of: steps([0.5, 0.5], from: 3), step: 9)
    }
    #expect(throws: TraceError.noSteps) { try StepDrawing(of: steps([])) }
    let error = TraceError.noSuchStep(9, first: 3, last: 4)
    #expect("\(error)" == "step 9 is not in the trace; expected a step from 3 to 4")
  }
}
