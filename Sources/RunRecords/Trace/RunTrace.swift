/// What every rank of a run did at which time: the phases of all ranks on one clock.
public struct RunTrace: Equatable, Sendable {
  /// The spans of one rank.
  public struct Track: Equatable, Sendable {
    public let host: String
    /// In order of time, without overlap.
    public let spans: [TraceSpan]

    /// A track by its parts.
    public init(host: String, spans: [TraceSpan]) {
      self.host = host
      self.spans = spans
    }
  }

  /// The program that writes traces, as it is named in their files.
  static let program = "mnist-mpi"
  /// The format of a file, which changes if older programs could no longer read it.
  static let format = 1

  /// The name of the model.
  public let model: String
  /// The identity of the run, as in its record.
  public let run: String
  /// One for each rank, in rank order.
  public let tracks: [Track]

  /// A trace by its parts; times are moved so that the earliest span begins at 0.
  public init(model: String, run: String, tracks: [Track]) {
    self.model = model
    self.run = run
    let origin = tracks.flatMap(\.spans).map(\.start).min() ?? 0
    self.tracks = tracks.map { track in
      let spans = track.spans.map { span in
        var span = span
        span.start -= origin
        span.end -= origin
        return span
      }
      return Track(host: track.host, spans: spans.sorted { $0.start < $1.start })
    }
  }
}
