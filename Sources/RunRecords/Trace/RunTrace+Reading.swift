import FoundationEssentials
import SystemSupport

/// Reading a trace that this program wrote.
extension RunTrace {
  /// Reads a file of `write(to:)`.
  ///
  /// - Throws: `TraceError.read`, `.noJSON` or `.noTrace`.
  public init(path: String) throws(TraceError) {
    let data: Data
    do {
      data = try SafeFile.read(path)
    } catch {
      throw .read(path: path, reason: error.reason)
    }
    let decoder = JSONDecoder()
    do {
      let head = try decoder.decode(Head.self, from: data).otherData
      guard head.program == Self.program, head.format == Self.format else {
        throw NotTrace("it is of \(head.program), format \(head.format)")
      }
      self = try Self.make(head, try decoder.decode(Body.self, from: data).traceEvents)
    } catch let reason as NotTrace {
      throw .noTrace(path: path, reason: reason.text)
    } catch let error as DecodingError {
      throw Self.error(error, path: path)
    } catch {
      throw .noJSON(path: path)
    }
  }

  /// Why JSON is not a trace.
  private struct NotTrace: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  /// The part of a file that says what it is.
  private struct Head: Decodable {
    struct OtherData: Decodable {
      let format: Int
      let model: String
      let program: String
      let ranks: Int
      let run: String
    }
    let otherData: OtherData
  }

  private struct Body: Decodable {
    let traceEvents: [Event]
  }

  private struct Event: Decodable {
    struct Arguments: Decodable {
      let name: String?
      let step: Int?
      let epoch: Int?
      let injected: Bool?
    }
    let ph: String
    let tid: Int
    let ts: Double?
    let dur: Double?
    let name: String
    let args: Arguments
  }

  /// The trace with these events, each checked.
  private static func make(_ head: Head.OtherData, _ events: [Event]) throws -> RunTrace {
    guard (1...events.count + 1).contains(head.ranks) else {
      throw NotTrace("it has \(head.ranks) ranks")
    }
    var hosts = [String?](repeating: nil, count: head.ranks)
    var spans = [[TraceSpan]](repeating: [], count: head.ranks)
    for (index, event) in events.enumerated() {
      guard hosts.indices.contains(event.tid) else {
        throw NotTrace("event \(index) is of rank \(event.tid)")
      }
      switch (event.ph, event.name) {
      case ("M", "thread_name"): hosts[event.tid] = host(of: event)
      case ("M", _): break
      default:
        guard let span = span(of: event) else { throw NotTrace("event \(index) is no phase") }
        spans[event.tid].append(span)
      }
    }
    let tracks = try zip(hosts, spans).enumerated().map { rank, parts in
      guard let host = parts.0 else { throw NotTrace("rank \(rank) has no name") }
      return Track(host: host, spans: parts.1)
    }
    return RunTrace(model: head.model, run: head.run, tracks: tracks)
  }

  /// The host in the name of a thread, such as `rank 0 (host)`.
  private static func host(of event: Event) -> String? {
    let prefix = "rank \(event.tid) ("
    guard let name = event.args.name, name.hasPrefix(prefix), name.hasSuffix(")") else {
      return nil
    }
    return String(name.dropFirst(prefix.count).dropLast())
  }

  private static func span(of event: Event) -> TraceSpan? {
    guard event.ph == "X", let phase = Phase(title: event.name), let start = event.ts,
      let duration = event.dur, let step = event.args.step, start >= 0, duration > 0, step > 0
    else { return nil }
    return TraceSpan(
      phase, isInjected: event.args.injected ?? false, step: step, epoch: event.args.epoch,
      start: start / 1e6, end: (start + duration) / 1e6)
  }

  private static func error(_ error: DecodingError, path: String) -> TraceError {
    switch error {
    case .dataCorrupted(let context) where context.codingPath.isEmpty: .noJSON(path: path)
    case .dataCorrupted(let context), .typeMismatch(_, let context),
      .valueNotFound(_, let context):
      .noTrace(
        path: path,
        reason: context.codingPath.isEmpty
          ? "it is no object" : "\(SortedJSON.name(of: context.codingPath)) has the wrong type")
    case .keyNotFound(let key, let context):
      .noTrace(
        path: path, reason: "\(SortedJSON.name(of: context.codingPath + [key])) is missing")
    @unknown default: .noJSON(path: path)
    }
  }
}
