import HostInspection
import Testing

/// Quotas of processor time, from the files of both versions of control groups.
@Suite struct ControlGroupsTests {
  private static let version1 = """
    22 1 0:20 / /proc rw - proc proc rw
    32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
    35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
    41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
    """
  private static let groups1 = "7:memory:/other\n4:cpu,cpuacct:/slurm/job_12\n0::/"
  private static let job = "/sys/fs/cgroup/cpu,cpuacct/slurm/job_12"

  private static func quota(
    _ groups: String, _ mounts: String, _ files: [String: String]
  ) -> Double? {
    ControlGroups(groups: groups, mounts: mounts).cpuQuota { files[$0] }
  }

  @Test func quotasOfVersion1() {
    let period = ["\(Self.job)/cpu.cfs_period_us": "100000\n"]
    func quota(_ quota: String) -> Double? {
      Self.quota(
        Self.groups1, Self.version1,
        period.merging(["\(Self.job)/cpu.cfs_quota_us": quota]) { $1 })
    }
    #expect(quota("50000\n") == 0.5)
    #expect(quota("-1\n") == nil)
    #expect(quota("") == nil)
    #expect(Self.quota(Self.groups1, Self.version1, period) == nil)
  }

  @Test func theLimitsOfGroupsAboveHold() {
    let above = "/sys/fs/cgroup/cpu,cpuacct/slurm"
    let files = [
      "\(Self.job)/cpu.cfs_quota_us": "400000", "\(Self.job)/cpu.cfs_period_us": "100000",
      "\(above)/cpu.cfs_quota_us": "300000", "\(above)/cpu.cfs_period_us": "200000",
    ]
    #expect(Self.quota(Self.groups1, Self.version1, files) == 1.5)
  }

  /// Without a namespace of its own a container shows its full group path and mounts only that group.
  @Test func aContainerSeesItsGroupAsTheRoot() {
    let mounts =
      "99 98 0:29 /docker/a1 /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpuacct,cpu"
    let files = [
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "150000",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
    ]
    #expect(Self.quota("3:cpuacct,cpu:/docker/a1", mounts, files) == 1.5)
    #expect(Self.quota("3:cpuacct,cpu:/elsewhere", mounts, files) == 1.5)
  }

  @Test func quotasOfVersion2() {
    let mounts = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"
    func quota(_ own: String, _ above: String) -> Double? {
      Self.quota(
        "0::/job/step", mounts,
        ["/sys/fs/cgroup/job/step/cpu.max": own, "/sys/fs/cgroup/job/cpu.max": above])
    }
    #expect(quota("150000 100000\n", "max 100000\n") == 1.5)
    #expect(quota("max 100000", "50000 100000") == 0.5)
    #expect(quota("max 100000", "max 100000") == nil)
    #expect(quota("", "") == nil)
  }

  @Test func otherHierarchiesDoNotCount() {
    let mounts = "35 31 0:32 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset"
    #expect(ControlGroups(groups: "3:cpuset:/\n1:cpu:/", mounts: mounts).hierarchies.isEmpty)
    #expect(ControlGroups(groups: "", mounts: "").hierarchies.isEmpty)
  }
}
