internal import CMPI

/// Which threads of a process may call MPI (MPI 3.1, section 12.4).
public enum ThreadLevel: Sendable, CaseIterable {
  /// There is one thread.
  case single
  /// Only the thread that entered ``Environment`` calls MPI.
  case funneled
  /// Any thread calls MPI, one at a time.
  case serialized
  /// Any thread calls MPI at any time.
  case multiple
}

extension ThreadLevel {
  var constant: Int32 {
    switch self {
    case .single: cmpi_thread_single()
    case .funneled: cmpi_thread_funneled()
    case .serialized: cmpi_thread_serialized()
    case .multiple: cmpi_thread_multiple()
    }
  }
}
