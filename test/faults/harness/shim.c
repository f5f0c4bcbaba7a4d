/*
 * Preloaded into every process of a command under test. It counts the calls that change files below one folder, in one order
 * for all threads and processes, and at the n-th of them kills the command, or makes the call fail; or it records each call
 * with its bytes, so that power-cuts.ts can tell what a disk would hold if the power went at any moment.
 *
 * FAULTS_ROOT   absolute real path of the folder        FAULTS_STATE  file that the processes share (struct shared)
 * FAULTS_MODE   count, kill, fail or record             FAULTS_CALLS  names of the calls that count, with commas
 * FAULTS_AT     the n-th call (from 1)                  FAULTS_SCOPE  kill: all (the process group) or one (the caller)
 * FAULTS_ERROR  fail: errno                             FAULTS_AGAIN  fail: 1 to fail every call from there on
 * FAULTS_LOG    record: the file for struct record      Calls that sync below the folder are never passed on: a kill leaves
 *                                                       the page cache as it is, and nobody pulls a plug.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The order is that of CALLS in shim.ts. */
enum call { OPEN, CREATE, TRUNCATE, WRITE, SYNC, RENAME, LINK, UNLINK, MKDIR, RMDIR, SAY, CALL_COUNT };
static const char *const NAMES[CALL_COUNT] = {"open", "create", "truncate", "write", "sync", "rename",
                                              "link", "unlink", "mkdir",    "rmdir", "say"};
enum mode { OFF, COUNT, KILL, FAIL, RECORD };

struct shared {
  uint64_t count;
  uint32_t ready;
  uint32_t fired;
  char what[1008];
  pthread_mutex_t mutex;
};

/* Followed by the names and the data. `folder` and `ino` are inode numbers; `at` an offset or a length. */
struct record {
  uint32_t call;
  int32_t pid;
  uint64_t ino;
  uint64_t folder;
  uint64_t folder2;
  int64_t at;
  uint32_t name_bytes;
  uint32_t name2_bytes;
  uint32_t data_bytes;
  uint32_t unused;
};

static enum mode mode = OFF;
static char root[PATH_MAX];
static size_t root_bytes;
static uint32_t calls;
static uint64_t fires_at;
static int error_number, fails_again, kills_one;
static int log_file = -1;
static struct shared *shared;

#define REAL(name, type, ...) static type (*real_##name)(__VA_ARGS__)
REAL(open, int, const char *, int, ...);
REAL(openat, int, int, const char *, int, ...);
REAL(write, ssize_t, int, const void *, size_t);
REAL(writev, ssize_t, int, const struct iovec *, int);
REAL(pwrite, ssize_t, int, const void *, size_t, off_t);
REAL(pwritev, ssize_t, int, const struct iovec *, int, off_t);
REAL(fsync, int, int);
REAL(fdatasync, int, int);
REAL(renameat2, int, int, const char *, int, const char *, unsigned);
REAL(linkat, int, int, const char *, int, const char *, int);
REAL(unlinkat, int, int, const char *, int);
REAL(mkdirat, int, int, const char *, mode_t);
REAL(ftruncate, int, int, off_t);
REAL(truncate, int, const char *, off_t);
REAL(sendfile, ssize_t, int, int, off_t *, size_t);
REAL(ioctl, int, int, unsigned long, ...);
REAL(syscall, long, long, ...);

static void find_real(void) {
  if (real_syscall != NULL) return;
#define FIND(name) *(void **)&real_##name = dlsym(RTLD_NEXT, #name)
  FIND(open), FIND(openat), FIND(write), FIND(writev), FIND(pwrite), FIND(pwritev), FIND(fsync), FIND(fdatasync);
  FIND(renameat2), FIND(linkat), FIND(unlinkat), FIND(mkdirat), FIND(ftruncate), FIND(truncate), FIND(sendfile);
  FIND(ioctl), FIND(syscall);
}

static void give_up(const char *why) {
  dprintf(2, "faults: %s: %s\n", why, strerror(errno));
  _exit(120);
}

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? "" : value;
}

static void share_state(void) {
  int file = real_open(setting("FAULTS_STATE"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || flock(file, LOCK_EX) != 0 || real_ftruncate(file, sizeof *shared) != 0) give_up("no shared state");
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (shared == MAP_FAILED) give_up("no shared memory");
  if (!shared->ready) {
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&shared->mutex, &kind);
    shared->ready = 1;
  }
  flock(file, LOCK_UN);
  close(file);
}

__attribute__((constructor)) static void begin(void) {
  find_real();
  const char *const modes[] = {"off", "count", "kill", "fail", "record"};
  for (int i = COUNT; i <= RECORD; i++)
    if (strcmp(setting("FAULTS_MODE"), modes[i]) == 0) mode = i;
  if (mode == OFF) return;
  snprintf(root, sizeof root, "%s", setting("FAULTS_ROOT"));
  root_bytes = strlen(root);
  char names[512];
  snprintf(names, sizeof names, ",%s,", setting("FAULTS_CALLS"));
  for (int call = 0; call < CALL_COUNT; call++) {
    char name[32];
    snprintf(name, sizeof name, ",%s,", NAMES[call]);
    if (strstr(names, name) != NULL) calls |= 1u << call;
  }
  fires_at = strtoull(setting("FAULTS_AT"), NULL, 10);
  error_number = atoi(setting("FAULTS_ERROR"));
  fails_again = strcmp(setting("FAULTS_AGAIN"), "1") == 0;
  kills_one = strcmp(setting("FAULTS_SCOPE"), "one") == 0;
  share_state();
  if (mode == RECORD) {
    log_file = real_open(setting("FAULTS_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_file < 0) give_up("no log");
  }
}

static void lock(void) {
  if (pthread_mutex_lock(&shared->mutex) == EOWNERDEAD) pthread_mutex_consistent(&shared->mutex);
}

static void unlock(void) {
  int kept = errno;
  pthread_mutex_unlock(&shared->mutex);
  errno = kept;
}

static int is_below(const char *path) {
  return strncmp(path, root, root_bytes) == 0 && (path[root_bytes] == '/' || path[root_bytes] == 0);
}

/* The absolute path of `path`, as it was named: links in it are not followed. Whether it lies below the folder. */
static int find_path(int folder, const char *path, char *into) {
  if (mode == OFF || path == NULL) return 0;
  int kept = errno;
  if (path[0] == '/') snprintf(into, PATH_MAX, "%s", path);
  else {
    char base[PATH_MAX], link[64];
    ssize_t bytes = -1;
    if (folder == AT_FDCWD) bytes = getcwd(base, sizeof base) == NULL ? -1 : (ssize_t)strlen(base);
    else {
      snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
      bytes = readlink(link, base, sizeof base - 1);
    }
    base[bytes < 0 ? 0 : bytes] = 0;
    if (snprintf(into, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) into[0] = 0;
  }
  errno = kept;
  return is_below(into);
}

static int find_file(int file, char *into) {
  if (mode == OFF) return 0;
  int kept = errno;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t bytes = readlink(link, into, PATH_MAX - 1);
  into[bytes < 0 ? 0 : bytes] = 0;
  errno = kept;
  return is_below(into);
}

/* Counts a call, with the lock held, and notes it when it is the one. 1 when the fault is to strike. */
static int strikes(enum call call, const char *path, const char *path2) {
  if (!(calls & 1u << call)) return 0;
  uint64_t number = ++shared->count;
  if (mode != KILL && mode != FAIL) return 0;
  if (number != fires_at && !(mode == FAIL && fails_again && number > fires_at)) return 0;
  if (!shared->fired)
    snprintf(shared->what, sizeof shared->what, "%s %s%s%s", NAMES[call], path + root_bytes, path2 == NULL ? "" : " -> ",
             path2 == NULL ? "" : path2 + root_bytes);
  shared->fired = 1;
  return 1;
}

static void die(void) {
  if (kills_one) {
    unlock();
    kill(getpid(), SIGKILL);
  } else kill(0, SIGKILL);
  for (;;) pause();
}

/* Takes the lock and counts a call. 0 when it is to be made; -1, with errno and without the lock, when it is to fail. */
static int enter(enum call call, const char *path, const char *path2) {
  lock();
  if (!strikes(call, path, path2)) return 0;
  if (mode == KILL) die();
  unlock();
  errno = error_number;
  return -1;
}

static void put(struct record *record, const char *name, const char *name2, const struct iovec *data, int parts) {
  if (mode != RECORD) return;
  int kept = errno;
  record->pid = getpid();
  record->name_bytes = name == NULL ? 0 : strlen(name);
  record->name2_bytes = name2 == NULL ? 0 : strlen(name2);
  size_t bytes = sizeof *record + record->name_bytes + record->name2_bytes + record->data_bytes;
  char *text = malloc(bytes), *end = text;
  end = mempcpy(end, record, sizeof *record);
  if (name != NULL) end = mempcpy(end, name, record->name_bytes);
  if (name2 != NULL) end = mempcpy(end, name2, record->name2_bytes);
  for (int i = 0; i < parts && end < text + bytes; i++) {
    size_t left = text + bytes - end;
    end = mempcpy(end, data[i].iov_base, data[i].iov_len < left ? data[i].iov_len : left);
  }
  if (real_write(log_file, text, bytes) != (ssize_t)bytes) give_up("the log is torn");
  free(text);
  errno = kept;
}

static uint64_t ino_of(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0 ? found.st_ino : 0;
}

static uint64_t folder_of(const char *path) {
  char folder[PATH_MAX];
  snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (slash != NULL) *slash = 0;
  return ino_of(folder);
}

static const char *name_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

/* A finished call that gave, moved or took a name. */
static int named(int result, enum call call, uint64_t ino, const char *path, const char *path2) {
  if (result == 0 && mode == RECORD) {
    struct record record = {.call = call, .ino = ino, .folder = folder_of(path)};
    if (path2 != NULL) record.folder2 = folder_of(path2);
    put(&record, name_of(path), path2 == NULL ? NULL : name_of(path2), NULL, 0);
  }
  unlock();
  return result;
}

/* ---- opening ---- */

static int open_any(int folder, const char *path, int flags, mode_t rights) {
  char full[PATH_MAX];
  find_real();
  if (!find_path(folder, path, full) || (flags & O_TMPFILE) == O_TMPFILE || (flags & O_DIRECTORY))
    return real_openat(folder, path, flags, rights);
  struct stat found;
  int kept = errno, is_there = lstat(full, &found) == 0;
  errno = kept;
  int writes = (flags & O_ACCMODE) != O_RDONLY;
  enum call call = !is_there && (flags & O_CREAT) ? CREATE : is_there && writes && (flags & O_TRUNC) ? TRUNCATE : OPEN;
  if (enter(call, full, NULL) != 0) return -1;
  int file = real_openat(folder, path, flags, rights);
  if (file >= 0 && call != OPEN && mode == RECORD && fstat(file, &found) == 0) {
    struct record record = {.call = call, .ino = found.st_ino, .folder = folder_of(full)};
    put(&record, name_of(full), NULL, NULL, 0);
  }
  unlock();
  return file;
}

static mode_t rights_in(int flags, va_list more) { return flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0; }

#define OPENS(name, parameters, folder)            \
  int name parameters {                            \
    va_list more;                                  \
    va_start(more, flags);                         \
    mode_t rights = rights_in(flags, more);        \
    va_end(more);                                  \
    return open_any(folder, path, flags, rights);  \
  }
OPENS(open, (const char *path, int flags, ...), AT_FDCWD)
OPENS(open64, (const char *path, int flags, ...), AT_FDCWD)
OPENS(openat, (int folder, const char *path, int flags, ...), folder)
OPENS(openat64, (int folder, const char *path, int flags, ...), folder)
int creat(const char *path, mode_t rights) { return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, rights); }

/* ---- writing ---- */

static ssize_t put_bytes(int file, const struct iovec *data, int parts, off_t at) {
  return at < 0 ? real_writev(file, data, parts) : real_pwritev(file, data, parts, at);
}

/* What a person or another program was told: recorded before it is. */
static void say(const struct iovec *data, int parts) {
  struct record record = {.call = SAY};
  for (int i = 0; i < parts; i++) record.data_bytes += data[i].iov_len;
  lock();
  put(&record, NULL, NULL, data, parts);
  unlock();
}

static ssize_t write_any(int file, const struct iovec *data, int parts, off_t at) {
  char path[PATH_MAX];
  find_real();
  if (!find_file(file, path)) {
    if (mode == RECORD && file == 1) say(data, parts);
    return put_bytes(file, data, parts, at);
  }
  lock();
  if (strikes(WRITE, path, NULL)) {
    if (mode == KILL) {
      /* The worst moment: half of it is written. */
      struct iovec half = {data[0].iov_base, data[0].iov_len / 2};
      if (half.iov_len > 0 && put_bytes(file, &half, 1, at) < 0) die();
      die();
    }
    unlock();
    errno = error_number;
    return -1;
  }
  struct stat found = {0};
  off_t begins = at;
  if (mode == RECORD) {
    fstat(file, &found);
    if (at < 0) begins = fcntl(file, F_GETFL) & O_APPEND ? found.st_size : lseek(file, 0, SEEK_CUR);
  }
  ssize_t written = put_bytes(file, data, parts, at);
  if (written > 0) {
    struct record record = {.call = WRITE, .ino = found.st_ino, .at = begins, .data_bytes = written};
    put(&record, NULL, NULL, data, parts);
  }
  unlock();
  return written;
}

ssize_t write(int file, const void *bytes, size_t count) {
  struct iovec data = {(void *)bytes, count};
  return write_any(file, &data, 1, -1);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
  struct iovec data = {(void *)bytes, count};
  return write_any(file, &data, 1, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off_t at) { return pwrite(file, bytes, count, at); }
ssize_t writev(int file, const struct iovec *data, int parts) { return write_any(file, data, parts, -1); }
ssize_t pwritev(int file, const struct iovec *data, int parts, off_t at) { return write_any(file, data, parts, at); }
ssize_t pwritev64(int file, const struct iovec *data, int parts, off_t at) { return write_any(file, data, parts, at); }

static int truncate_any(int file, const char *path, off_t bytes) {
  char full[PATH_MAX];
  find_real();
  if (!(path == NULL ? find_file(file, full) : find_path(AT_FDCWD, path, full)))
    return path == NULL ? real_ftruncate(file, bytes) : real_truncate(path, bytes);
  if (enter(TRUNCATE, full, NULL) != 0) return -1;
  int result = path == NULL ? real_ftruncate(file, bytes) : real_truncate(path, bytes);
  struct stat found;
  if (result == 0 && mode == RECORD && (path == NULL ? fstat(file, &found) : stat(path, &found)) == 0) {
    struct record record = {.call = TRUNCATE, .ino = found.st_ino, .at = bytes};
    put(&record, NULL, NULL, NULL, 0);
  }
  unlock();
  return result;
}
int ftruncate(int file, off_t bytes) { return truncate_any(file, NULL, bytes); }
int ftruncate64(int file, off_t bytes) { return truncate_any(file, NULL, bytes); }
int truncate(const char *path, off_t bytes) { return truncate_any(-1, path, bytes); }
int truncate64(const char *path, off_t bytes) { return truncate_any(-1, path, bytes); }

static int sync_any(int file, int (*real)(int)) {
  char path[PATH_MAX];
  if (!find_file(file, path)) return real(file);
  if (enter(SYNC, path, NULL) != 0) return -1;
  struct stat found;
  if (mode == RECORD && fstat(file, &found) == 0) {
    struct record record = {.call = SYNC, .ino = found.st_ino};
    put(&record, NULL, NULL, NULL, 0);
  }
  unlock();
  return 0;
}
int fsync(int file) { return find_real(), sync_any(file, real_fsync); }
int fdatasync(int file) { return find_real(), sync_any(file, real_fdatasync); }

/* ---- names ---- */

int renameat2(int from, const char *path, int to, const char *path2, unsigned flags) {
  char full[PATH_MAX], full2[PATH_MAX];
  find_real();
  int is_from = find_path(from, path, full), is_to = find_path(to, path2, full2);
  if (!is_from && !is_to) return real_renameat2(from, path, to, path2, flags);
  if (enter(RENAME, full, full2) != 0) return -1;
  uint64_t ino = ino_of(full);
  return named(real_renameat2(from, path, to, path2, flags), RENAME, ino, full, full2);
}
int renameat(int from, const char *path, int to, const char *path2) { return renameat2(from, path, to, path2, 0); }
int rename(const char *path, const char *path2) { return renameat2(AT_FDCWD, path, AT_FDCWD, path2, 0); }

int linkat(int from, const char *path, int to, const char *path2, int flags) {
  char full[PATH_MAX], full2[PATH_MAX];
  find_real();
  find_path(from, path, full);
  if (!find_path(to, path2, full2)) return real_linkat(from, path, to, path2, flags);
  if (enter(LINK, full, full2) != 0) return -1;
  return named(real_linkat(from, path, to, path2, flags), LINK, ino_of(full), full, full2);
}
int link(const char *path, const char *path2) { return linkat(AT_FDCWD, path, AT_FDCWD, path2, 0); }

int unlinkat(int folder, const char *path, int flags) {
  char full[PATH_MAX];
  find_real();
  if (!find_path(folder, path, full)) return real_unlinkat(folder, path, flags);
  enum call call = flags & AT_REMOVEDIR ? RMDIR : UNLINK;
  if (enter(call, full, NULL) != 0) return -1;
  uint64_t ino = ino_of(full);
  return named(real_unlinkat(folder, path, flags), call, ino, full, NULL);
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int mkdirat(int folder, const char *path, mode_t rights) {
  char full[PATH_MAX];
  find_real();
  if (!find_path(folder, path, full)) return real_mkdirat(folder, path, rights);
  if (enter(MKDIR, full, NULL) != 0) return -1;
  int result = real_mkdirat(folder, path, rights);
  return named(result, MKDIR, result == 0 ? ino_of(full) : 0, full, NULL);
}
int mkdir(const char *path, mode_t rights) { return mkdirat(AT_FDCWD, path, rights); }

/* ---- copies inside the kernel: refused, so that the caller writes the bytes where they are seen ---- */

ssize_t sendfile(int to, int from, off_t *at, size_t bytes) {
  char path[PATH_MAX];
  find_real();
  if (!find_file(to, path)) return real_sendfile(to, from, at, bytes);
  errno = EINVAL;
  return -1;
}
ssize_t sendfile64(int to, int from, off_t *at, size_t bytes) { return sendfile(to, from, at, bytes); }

int ioctl(int file, unsigned long request, ...) {
  va_list more;
  va_start(more, request);
  void *argument = va_arg(more, void *);
  va_end(more);
  char path[PATH_MAX];
  find_real();
  if (request != FICLONE || !find_file(file, path)) return real_ioctl(file, request, argument);
  errno = EOPNOTSUPP;
  return -1;
}

ssize_t copy_file_range(int from, off_t *at, int to, off_t *to_at, size_t bytes, unsigned flags) {
  char path[PATH_MAX];
  find_real();
  if (!find_file(to, path)) return real_syscall(SYS_copy_file_range, from, at, to, to_at, bytes, flags);
  errno = EXDEV;
  return -1;
}

long syscall(long number, ...) {
  va_list more;
  va_start(more, number);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(more, long);
  va_end(more);
  find_real();
  if (number == SYS_copy_file_range)
    return copy_file_range((int)a[0], (off_t *)a[1], (int)a[2], (off_t *)a[3], (size_t)a[4], (unsigned)a[5]);
  return real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
