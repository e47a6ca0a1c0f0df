/// How the launcher bound the ranks to cores.
public enum BindingClass: String, Codable, Sendable {
  /// Every rank may use exactly one core.
  case core
  /// Every rank may use several cores, but not all of its node.
  case severalCores = "several cores"
  /// Every rank may use all cores of its node.
  case none
  /// The ranks are bound differently.
  case mixed
}
