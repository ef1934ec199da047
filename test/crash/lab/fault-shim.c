// A library for LD_PRELOAD that makes one system call of a program go wrong.
//
//   KTRDR_SHIM_ROOT    only calls that change something below this directory count, over all threads
//   KTRDR_SHIM_AT      which of them, from 1
//   KTRDR_SHIM_ACTION  kill        SIGKILL instead of the call
//                      kill-after  SIGKILL when it is done
//                      torn        SIGKILL when half of a write is done
//                      stop        SIGSTOP before it
//                      EIO ENOSPC  it fails
//                      EIO-ever ENOSPC-ever  so do all that follow (a full disk still unlinks and syncs)
//                      short-ever  it and all that follow write one half and say so, as the system may
//   KTRDR_SHIM_LOG     file that gets a line for every call: its number, name and path, "!" when it was struck

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum action { NONE, KILL, KILL_AFTER, TORN, STOP, FAIL, FAIL_EVER, SHORT_EVER };

static atomic_long calls;
static const char *root;
static size_t root_length;
static long at;
static enum action action;
static int error_number;
static int log_fd = -1;

__attribute__((constructor)) static void start(void) {
  const char *text = getenv("KTRDR_SHIM_ACTION");
  const char *log = getenv("KTRDR_SHIM_LOG");
  const char *number = getenv("KTRDR_SHIM_AT");
  root = getenv("KTRDR_SHIM_ROOT");
  root_length = root ? strlen(root) : 0;
  at = number ? atol(number) : 0;
  if (log) log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (!text) return;
  if (strstr(text, "ENOSPC")) error_number = ENOSPC;
  if (strstr(text, "EIO")) error_number = EIO;
  if (error_number) action = strstr(text, "-ever") ? FAIL_EVER : FAIL;
  else if (!strcmp(text, "kill")) action = KILL;
  else if (!strcmp(text, "kill-after")) action = KILL_AFTER;
  else if (!strcmp(text, "torn")) action = TORN;
  else if (!strcmp(text, "stop")) action = STOP;
  else if (!strcmp(text, "short-ever")) action = SHORT_EVER;
}

static int is_ours(const char *path) {
  if (!root || !path || strncmp(path, root, root_length)) return 0;
  return path[root_length] == '/' || path[root_length] == 0;
}

static _Noreturn void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/** What to do with a call: NONE, FAIL with errno set, or KILL_AFTER, TORN, SHORT_EVER, which are up to the caller. */
static enum action strike(const char *name, const char *path, int takes_space) {
  long n = atomic_fetch_add(&calls, 1) + 1;
  int is_ever = action == FAIL_EVER || action == SHORT_EVER;
  int is_struck = at > 0 && (n == at || (is_ever && n > at));
  if (action == FAIL_EVER && error_number == ENOSPC && !takes_space) is_struck = 0;
  if (log_fd >= 0) {
    char line[4352];
    int length = snprintf(line, sizeof line, "%ld %s %s%s\n", n, name, path, is_struck ? " !" : "");
    syscall(SYS_write, log_fd, line, length);
  }
  if (!is_struck) return NONE;
  switch (action) {
    case KILL: die();
    case STOP: kill(getpid(), SIGSTOP); return NONE;
    case FAIL: case FAIL_EVER: errno = error_number; return FAIL;
    default: return action;
  }
}

static enum action strike_fd(const char *name, int fd, int takes_space) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = root ? syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1) : -1;
  if (length <= 0) return NONE;
  path[length] = 0;
  return is_ours(path) ? strike(name, path, takes_space) : NONE;
}

static enum action strike_path(const char *name, const char *path, int takes_space) {
  return is_ours(path) ? strike(name, path, takes_space) : NONE;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/** Calls that happen whole or not at all. */
#define WHOLE(verdict, call)                \
  switch (verdict) {                        \
    case FAIL: return -1;                   \
    case TORN: case KILL_AFTER: call; die(); \
    default: return call;                   \
  }

static size_t part(enum action verdict, size_t count) {
  return (verdict == TORN || verdict == SHORT_EVER) && count > 1 ? count / 2 : count;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = REAL(write);
  enum action verdict = strike_fd("write", fd, 1);
  if (verdict == FAIL) return -1;
  ssize_t written = real(fd, bytes, part(verdict, count));
  if (verdict == TORN || verdict == KILL_AFTER) die();
  return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  static ssize_t (*real)(int, const void *, size_t, off_t);
  if (!real) real = REAL(pwrite);
  enum action verdict = strike_fd("pwrite", fd, 1);
  if (verdict == FAIL) return -1;
  ssize_t written = real(fd, bytes, part(verdict, count), offset);
  if (verdict == TORN || verdict == KILL_AFTER) die();
  return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  return pwrite(fd, bytes, count, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  WHOLE(strike_fd("writev", fd, 1), REAL(writev)(fd, parts, count))
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  WHOLE(strike_fd("pwritev", fd, 1), REAL(pwritev)(fd, parts, count, offset))
}

int ftruncate(int fd, off_t length) {
  WHOLE(strike_fd("ftruncate", fd, 1), REAL(ftruncate)(fd, length))
}

int ftruncate64(int fd, off64_t length) {
  return ftruncate(fd, length);
}

/** A sync that fails tells it to whoever traces the program, as a sync of a descriptor that does not exist. */
#define SYNC(name)                                                        \
  int name(int fd) {                                                      \
    enum action verdict = strike_fd(#name, fd, 0);                        \
    if (verdict == FAIL) {                                                \
      syscall(SYS_fsync, 1000000 + fd);                                   \
      errno = error_number;                                               \
    }                                                                     \
    WHOLE(verdict, REAL(name)(fd))                                        \
  }

SYNC(fsync)
SYNC(fdatasync)

int rename(const char *from, const char *to) {
  WHOLE(strike_path("rename", from, 1), REAL(rename)(from, to))
}

int unlink(const char *path) {
  WHOLE(strike_path("unlink", path, 0), REAL(unlink)(path))
}

int rmdir(const char *path) {
  WHOLE(strike_path("rmdir", path, 0), REAL(rmdir)(path))
}

int mkdir(const char *path, mode_t mode) {
  WHOLE(strike_path("mkdir", path, 1), REAL(mkdir)(path, mode))
}

static int open_it(const char *path, int flags, mode_t mode) {
  if (!(flags & O_CREAT)) return REAL(open)(path, flags, mode);
  WHOLE(strike_path("open", path, 1), REAL(open)(path, flags, mode))
}

#define OPEN(name)                                \
  int name(const char *path, int flags, ...) {    \
    mode_t mode = 0;                              \
    if (flags & O_CREAT) {                        \
      va_list rest;                               \
      va_start(rest, flags);                      \
      mode = va_arg(rest, mode_t);                \
      va_end(rest);                               \
    }                                             \
    return open_it(path, flags, mode);            \
  }

OPEN(open)
OPEN(open64)
