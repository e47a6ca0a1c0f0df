public import FoundationEssentials
import SystemSupport

/// A trace as a file in the trace event format of Chrome, which Perfetto opens.
extension RunTrace {
  /// Writes the file; readers see the whole file or none.
  ///
  /// - Throws: `FileError.write`.
  public func write(to path: String) throws(FileError) {
    try SafeFile.replace(path, with: json(), content: "trace")
  }

  /// The trace as JSON, one event a line, with times in microseconds to a nanosecond.
  ///
  /// The run is a process, and each rank a thread of it with the rank as its number.
  public func json() -> Data {
    var text = "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"format\":\(Self.format),"
    text += "\"model\":\(Self.quoted(model)),\"program\":\(Self.quoted(Self.program)),"
    text += "\"ranks\":\(tracks.count),\"run\":\(Self.quoted(run))},\"traceEvents\":[\n"
    text += names.joined(separator: ",\n")
    for (rank, track) in tracks.enumerated() {
      for span in track.spans {
        if let event = event(span, rank: rank) { text += ",\n" + event }
      }
    }
    text += "\n]}\n"
    return Data(text.utf8)
  }

  /// The number of the process: no rank has it.
  ///
  /// Viewers take a thread with the number of its process for the main thread, and reserve 0.
  private var process: Int { max(tracks.count, 1) }

  /// The events that name the process and its threads.
  private var names: [String] {
    let run = metadata(
      "process_name", rank: 0, "\"name\":\(Self.quoted("\(Self.program) \(model)"))")
    return [run]
      + tracks.enumerated().flatMap { rank, track in
        [
          metadata(
            "thread_name", rank: rank, "\"name\":\(Self.quoted("rank \(rank) (\(track.host))"))"),
          metadata("thread_sort_index", rank: rank, "\"sort_index\":\(rank)"),
        ]
      }
  }

  private func metadata(_ name: String, rank: Int, _ value: String) -> String {
    "{\"ph\":\"M\",\"pid\":\(process),\"tid\":\(rank),\"name\":\"\(name)\",\"args\":{\(value)}}"
  }

  /// The event of a span; nil if it is shorter than the resolution of a file.
  private func event(_ span: TraceSpan, rank: Int) -> String? {
    // Both ends are rounded, not the duration, so that spans side by side do not overlap.
    let start = Self.nanoseconds(span.start)
    let duration = Self.nanoseconds(span.end) - start
    guard duration > 0 else { return nil }
    return "{\"ph\":\"X\",\"pid\":\(process),\"tid\":\(rank),\"ts\":\(Self.microseconds(start)),"
      + "\"dur\":\(Self.microseconds(duration)),\"name\":\"\(span.phase.title)\","
      + "\"cat\":\"\(Self.category(of: span))\",\"args\":{\"step\":\(span.step)"
      + (span.epoch.map { ",\"epoch\":\($0)" } ?? "")
      + (span.isInjected ? ",\"injected\":true" : "") + "}}"
  }

  private static func category(of span: TraceSpan) -> String {
    switch span.phase {
    case .load, .forward, .backward, .update: span.isInjected ? "drill" : "computation"
    case .allReduceWait, .allReduceTransfer: "communication"
    case .evaluate: "evaluation"
    }
  }

  private static func nanoseconds(_ seconds: Double) -> Int { Int((seconds * 1e9).rounded()) }

  private static func microseconds(_ nanoseconds: Int) -> String {
    let digits = "\(nanoseconds % 1000)"
    return "\(nanoseconds / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// A string of JSON.
  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 0x20:
        "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
      default: "\(scalar)"
      }
    }
    return "\"\(escaped.joined())\""
  }
}
