// A cable of a chosen length between two network namespaces, for kernels without netem.
//   delay MICROSECONDS PID ADDRESS PID ADDRESS
// Makes a TAP device `cable` with an address such as 10.78.0.1/24 in the network namespace of each of
// two processes, and carries frames between them: each is delivered MICROSECONDS after it was sent, in
// order and without loss. The rate is not limited here but by a queueing discipline of the devices.
// Prints `ready` and runs until it is killed.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

// Frames under way in one direction, and the largest one with its header of offloads.
enum { SLOTS = 8192, FRAME = 10240 };

struct direction {
  int from, to;
  unsigned first, last;  // the frames first..<last are under way
  int64_t due[SLOTS];
  unsigned length[SLOTS];
  unsigned char (*frame)[FRAME];
};

static void fail(const char *what) {
  fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void run(const char *command) {
  if (system(command) != 0) fail(command);
}

// A TAP device in the namespace of a process. Checksums are left out: no frame leaves this machine.
static int cable(const char *pid, const char *address) {
  char path[64], command[160];
  snprintf(path, sizeof path, "/proc/%s/ns/net", pid);
  int space = open(path, O_RDONLY | O_CLOEXEC);
  if (space < 0 || setns(space, CLONE_NEWNET) < 0) fail(path);
  close(space);
  int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) fail("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
  strcpy(request.ifr_name, "cable");
  if (ioctl(file, TUNSETIFF, &request) < 0) fail("TUNSETIFF");
  if (ioctl(file, TUNSETOFFLOAD, TUN_F_CSUM) < 0) fail("TUNSETOFFLOAD");
  snprintf(command, sizeof command,
           "ip link set cable mtu 9000 txqueuelen 4000 up && ip addr add %s dev cable", address);
  run(command);
  return file;
}

// Takes all frames that wait at one end; with the queue full they wait there.
static void take(struct direction *side, int64_t delay) {
  while (side->last - side->first < SLOTS) {
    unsigned slot = side->last % SLOTS;
    ssize_t length = read(side->from, side->frame[slot], FRAME);
    if (length <= 0) return;
    side->length[slot] = (unsigned)length;
    side->due[slot] = now() + delay;
    side->last++;
  }
}

// Delivers the frames whose time has come; returns when the next one is due, or -1.
static int64_t deliver(struct direction *side) {
  while (side->first != side->last) {
    unsigned slot = side->first % SLOTS;
    if (side->due[slot] > now()) return side->due[slot];
    if (write(side->to, side->frame[slot], side->length[slot]) < 0 && errno == EAGAIN)
      return now() + 10000;
    side->first++;
  }
  return -1;
}

int main(int count, char **words) {
  if (count != 6) {
    fprintf(stderr, "usage: delay MICROSECONDS PID ADDRESS PID ADDRESS\n");
    return 64;
  }
  static struct direction sides[2];
  int64_t delay = (int64_t)(atof(words[1]) * 1000);
  int ends[2] = {cable(words[2], words[3]), cable(words[4], words[5])};
  for (int i = 0; i < 2; i++) {
    sides[i].from = ends[i];
    sides[i].to = ends[1 - i];
    sides[i].frame = malloc((size_t)SLOTS * FRAME);
    if (!sides[i].frame) fail("memory");
  }
  // Wake up on time, and before the ranks, which use all cores.
  prctl(PR_SET_TIMERSLACK, 1);
  struct sched_param first = {.sched_priority = 10};
  sched_setscheduler(0, SCHED_FIFO, &first);
  puts("ready");
  fflush(stdout);
  for (;;) {
    int64_t next = -1;
    struct pollfd files[2];
    for (int i = 0; i < 2; i++) {
      take(&sides[i], delay);
      int64_t due = deliver(&sides[i]);
      if (due >= 0 && (next < 0 || due < next)) next = due;
      files[i] = (struct pollfd){.fd = sides[i].from, .events = POLLIN};
    }
    int64_t wait = next - now();
    if (wait < 0) wait = 0;
    struct timespec limit = {.tv_sec = wait / 1000000000, .tv_nsec = wait % 1000000000};
    ppoll(files, 2, next < 0 ? NULL : &limit, NULL);
  }
}
