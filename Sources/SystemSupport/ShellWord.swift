/// Words of a command as a user can copy them into a shell.
public enum ShellWord {
  /// A word, in quotes if the shell would otherwise change it.
  public static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || "%+,-./:=@_".utf8.contains($0)
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
