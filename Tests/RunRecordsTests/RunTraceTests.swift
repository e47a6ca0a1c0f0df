import Foundation
import RunRecords
import TestSupport
import Testing

@Suite struct RunTraceTests {
  /// Two ranks; the earliest span begins at 100 s of rank 0's clock.
  private let trace = RunTrace(
    model: "mlp", run: "1A2B",
    tracks: [
      RunTrace.Track(
        host: "a \"b\"\\\u{1}",
        spans: [
          TraceSpan(.load, step: 1, epoch: 1, start: 100, end: 100.000_25),
          TraceSpan(.backward, step: 1, start: 100.000_25, end: 100.001),
          TraceSpan(.backward, isInjected: true, step: 1, start: 100.001, end: 100.0015),
          TraceSpan(.allReduceWait, step: 1, start: 100.0015, end: 100.0015),
        ]),
      RunTrace.Track(
        host: "b",
        spans: [TraceSpan(.evaluate, step: 1, epoch: 1, start: 100.002, end: 100.003)]),
    ])

  private let text = #"""
    {"displayTimeUnit":"ms","otherData":{"format":1,"model":"mlp","program":"mnist-mpi","ranks":2,"run":"1A2B"},"traceEvents":[
    {"ph":"M","pid":2,"tid":0,"name":"process_name","args":{"name":"mnist-mpi mlp"}},
    {"ph":"M","pid":2,"tid":0,"name":"thread_name","args":{"name":"rank 0 (a \"b\"\\\u0001)"}},
    {"ph":"M","pid":2,"tid":0,"name":"thread_sort_index","args":{"sort_index":0}},
    {"ph":"M","pid":2,"tid":1,"name":"thread_name","args":{"name":"rank 1 (b)"}},
    {"ph":"M","pid":2,"tid":1,"name":"thread_sort_index","args":{"sort_index":1}},
    {"ph":"X","pid":2,"tid":0,"ts":0.000,"dur":250.000,"name":"load","cat":"computation","args":{"step":1,"epoch":1}},
    {"ph":"X","pid":2,"tid":0,"ts":250.000,"dur":750.000,"name":"backward","cat":"computation","args":{"step":1}},
    {"ph":"X","pid":2,"tid":0,"ts":1000.000,"dur":500.000,"name":"backward","cat":"drill","args":{"step":1,"injected":true}},
    {"ph":"X","pid":2,"tid":1,"ts":2000.000,"dur":1000.000,"name":"evaluate","cat":"evaluation","args":{"step":1,"epoch":1}}
    ]}

    """#

  @Test func jsonHasOneEventALine() {
    #expect(String(decoding: trace.json(), as: UTF8.self) == text)
  }

  @Test func foundationReadsTheJSON() throws {
    let object = try JSONSerialization.jsonObject(with: trace.json()) as? [String: Any]
    let events = try #require(object?["traceEvents"] as? [[String: Any]])
    #expect(events.count == 9)
    #expect(events.compactMap { $0["dur"] as? Double } == [250, 750, 500, 1000])
    let names = events.compactMap { ($0["args"] as? [String: Any])?["name"] as? String }
    #expect(names[1] == "rank 0 (a \"b\"\\\u{1})")
  }

  /// Rounding does not make spans overlap that touch, and a trace without spans is JSON too.
  @Test func spansThatTouchDoNotOverlap() throws {
    let times = [0, 0.000_000_000_4, 0.000_000_001_6, 0.000_000_002_4, 1.000_000_123_456]
    let spans = zip(times, times.dropFirst()).map {
      TraceSpan(.forward, step: 1, start: $0, end: $1)
    }
    let trace = RunTrace(
      model: "cnn", run: "", tracks: [RunTrace.Track(host: "a", spans: spans)])
    let lines = String(decoding: trace.json(), as: UTF8.self).split(separator: "\n")
    let parts = lines.filter { $0.contains("\"X\"") }.map { line in
      line.split(separator: ",").filter { $0.contains("ts") || $0.contains("dur") }
    }
    #expect(
      parts == [
        ["\"ts\":0.000", "\"dur\":0.002"], ["\"ts\":0.002", "\"dur\":1000000.121"],
      ])
    let empty = RunTrace(model: "cnn", run: "", tracks: [RunTrace.Track(host: "a", spans: [])])
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: empty.json()) }
  }

  @Test func aWrittenTraceComesBack() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("trace.json")
    try trace.write(to: path)
    let read = try RunTrace(path: path)
    #expect(read.model == "mlp" && read.run == "1A2B")
    #expect(read.tracks.map(\.host) == trace.tracks.map(\.host))
    // The span without duration is not written.
    let spans = trace.tracks.flatMap(\.spans).filter { $0.seconds > 0 }
    let found = read.tracks.flatMap(\.spans)
    #expect(found.count == spans.count)
    for (one, other) in zip(found, spans) {
      #expect(one.phase == other.phase && one.isInjected == other.isInjected)
      #expect(one.step == other.step && one.epoch == other.epoch)
      #expect(abs(one.start - other.start) < 1e-9 && abs(one.end - other.end) < 1e-9)
    }
  }

  /// Files that are no trace, and a part of the error.
  static let invalid: [(change: @Sendable (String) -> String, expected: String)] = [
    ({ _ in "" }, "not JSON"),
    ({ String($0.dropLast(40)) }, "not JSON"),
    ({ _ in "[]" }, "no trace of mnist-mpi"),
    ({ _ in "{\"traceEvents\":[]}" }, "otherData is missing"),
    (
      { $0.replacing("\"program\":\"mnist-mpi\"", with: "\"program\":\"x\"") },
      "it is of x, format 1"
    ),
    ({ $0.replacing("\"format\":1", with: "\"format\":2") }, "format 2"),
    ({ $0.replacing("\"ranks\":2", with: "\"ranks\":0") }, "it has 0 ranks"),
    ({ $0.replacing("\"ranks\":2", with: "\"ranks\":3") }, "rank 2 has no name"),
    ({ $0.replacing("\"ranks\":2", with: "\"ranks\":1") }, "event 3 is of rank 1"),
    ({ $0.replacing("\"name\":\"load\"", with: "\"name\":\"sleep\"") }, "event 5 is no phase"),
    ({ $0.replacing("\"dur\":250.000", with: "\"dur\":-1") }, "event 5 is no phase"),
    ({ $0.replacing("\"dur\":250.000,", with: "") }, "event 5 is no phase"),
    ({ $0.replacing("\"step\":1", with: "\"step\":0") }, "event 5 is no phase"),
    ({ $0.replacing("\"tid\":0", with: "\"tid\":\"a\"") }, "traceEvents[0].tid has the wrong type"),
    ({ $0.replacing("\"ph\":\"X\"", with: "\"ph\":\"B\"") }, "event 5 is no phase"),
  ]

  @Test(arguments: invalid.indices)
  func aFileThatIsNoTrace(index: Int) throws {
    let (change, expected) = Self.invalid[index]
    let directory = try TemporaryDirectory()
    let path = try directory.write(Array(change(text).utf8), to: "trace.json")
    let error = #expect(throws: TraceError.self) { try RunTrace(path: path) }
    let description = error?.description ?? ""
    #expect(description.hasPrefix("\(path): ") && description.contains(expected), "\(description)")
    #expect(description.hasSuffix("; expected a file of train --trace"))
  }

  @Test func aFileThatCannotBeRead() {
    let error = #expect(throws: TraceError.self) { try RunTrace(path: "/no/such/file") }
    #expect(error == .read(path: "/no/such/file", reason: "no such file or directory"))
  }
}
