/*
 * A disk that forgets: loaded with LD_PRELOAD into a process, it notes before each change of a file under a folder how to take
 * that change back, and forgets the note when the process has synced it. What the notes say after a SIGKILL is what a power cut
 * would have taken; `lose-unsynced.ts` takes it.
 *
 *   HOLDFAST_UNSYNCED_FOLDER   what is watched, as an absolute path without links
 *   HOLDFAST_UNSYNCED_JOURNAL  file of the notes; removed files are kept beside it. Same file system, outside of the watched folder
 *   HOLDFAST_UNSYNCED_DEAF     when set, a disk that lies: fsync answers well and counts for nothing
 *   HOLDFAST_UNSYNCED_DIE_AT   when set, changes and syncs are counted, and the process kills itself before this one; 0 is never. How
 *                              many there were stands in the file `<journal>.count`, as eight bytes of this machine's order
 *
 * Strict, as POSIX is: fsync of a file keeps its bytes and its length, only fsync of a folder keeps the names in it. So it is
 * harsher than ext4, where any fsync also keeps all the names that were made before.
 *
 * One lock is held around note and change: another thread's write is either before an fsync or behind it, never in between.
 * SQLite's `-shm` passes: it is shared memory, which SQLite makes anew after a crash. What this layer cannot follow (a shared
 * writing mmap, copies inside the kernel, hard links) ends the process loudly, because a hole would look like durability.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Pages are saved whole, so that each of them can later be kept or lost by itself. */
#define PAGE 4096u

enum kind { WRITE = 1, TRUNCATE, SYNC, SYNC_FOLDER, CREATE, REMOVE, REMOVE_FOLDER, RENAME };

/* As `unsynced-journal.ts` reads it; the two paths and the old bytes follow. */
struct note {
  uint32_t kind;
  uint32_t path_length;
  uint32_t other_length;
  uint32_t unused;
  uint64_t inode;   /* of the file; for a name, of the folder that holds it */
  uint64_t offset;  /* where the old bytes begin; RENAME: inode of what moves */
  uint64_t length;  /* how many old bytes follow */
  uint64_t size;    /* of the file, before */
  uint64_t end;     /* WRITE: end of what is written; TRUNCATE: size after; RENAME: the folder it leaves */
};

static const char *folder;
static size_t folder_length;
static const char *journal_path;
static int journal = -1;
static int deaf;
static int counter = -1;
static uint64_t counted;
static uint64_t die_at;
static unsigned graves;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL) abort();
  return found;
}

static void die(const char *what) {
  dprintf(STDERR_FILENO, "drop-unsynced: %s (%s)\n", what, strerror(errno));
  abort();
}

__attribute__((constructor)) static void begin(void) {
  folder = getenv("HOLDFAST_UNSYNCED_FOLDER");
  journal_path = getenv("HOLDFAST_UNSYNCED_JOURNAL");
  if (folder == NULL || journal_path == NULL) return;
  folder_length = strlen(folder);
  deaf = getenv("HOLDFAST_UNSYNCED_DEAF") != NULL;
  journal = REAL(open)(journal_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (journal < 0) die("the journal cannot be opened");
  const char *moment = getenv("HOLDFAST_UNSYNCED_DIE_AT");
  if (moment == NULL) return;
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s.count", journal_path);
  die_at = strtoull(moment, NULL, 10);
  counter = REAL(open)(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (counter < 0) die("the count cannot be kept");
}

/* With the lock held, before the note: neither the change nor a word about it is there when it dies here. */
static void count_or_die(void) {
  if (counter < 0) return;
  counted++;
  if (REAL(pwrite64)(counter, &counted, sizeof counted, 0) != sizeof counted) die("the count cannot be kept");
  if (counted != die_at) return;
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* What has notes that still count: when that is nothing, the journal is cut to nothing. */
#define MOST_DIRTY 4096
static uint64_t dirty[MOST_DIRTY];
static unsigned dirty_count;

static void mark_dirty(uint64_t inode) {
  for (unsigned i = 0; i < dirty_count; i++)
    if (dirty[i] == inode) return;
  if (dirty_count == MOST_DIRTY) die("too many files wait for their fsync");
  dirty[dirty_count++] = inode;
}

static void mark_clean(uint64_t inode) {
  for (unsigned i = 0; i < dirty_count; i++)
    if (dirty[i] == inode) {
      dirty[i] = dirty[--dirty_count];
      return;
    }
}

static void append(struct note *note, const char *path, const char *other, const void *old) {
  note->path_length = path == NULL ? 0 : strlen(path);
  note->other_length = other == NULL ? 0 : strlen(other);
  struct iovec parts[] = {{note, sizeof *note},
                          {(void *)path, note->path_length},
                          {(void *)other, note->other_length},
                          {(void *)old, note->length}};
  ssize_t whole = sizeof *note + note->path_length + note->other_length + note->length;
  if (REAL(writev)(journal, parts, 4) != whole) die("the journal cannot be written");
  mark_dirty(note->inode);
}

static int is_watched(const char *path) {
  if (strncmp(path, folder, folder_length) != 0) return 0;
  if (path[folder_length] != '/' && path[folder_length] != '\0') return 0;
  size_t length = strlen(path);
  return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

/* @param kind S_IFREG or S_IFDIR */
static int watched_descriptor(int descriptor, mode_t kind, struct stat *state) {
  if (journal < 0 || descriptor < 0 || descriptor == journal) return 0;
  if (fstat(descriptor, state) != 0 || (state->st_mode & S_IFMT) != kind) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  char *deleted = strstr(path, " (deleted)");
  if (deleted != NULL) *deleted = '\0';
  return is_watched(path);
}

/* The name as an absolute path without links, and its folder's inode. 0 when it is none of ours. */
static int watched_name(int at, const char *name, char *path, uint64_t *parent) {
  if (journal < 0) return 0;
  char given[PATH_MAX], resolved[PATH_MAX], link[64];
  if (name[0] == '/') {
    if (strlen(name) >= sizeof given) return 0;
    strcpy(given, name);
  } else {
    ssize_t length;
    if (at == AT_FDCWD) length = getcwd(given, sizeof given) == NULL ? -1 : (ssize_t)strlen(given);
    else {
      snprintf(link, sizeof link, "/proc/self/fd/%d", at);
      length = readlink(link, given, sizeof given - 1);
    }
    if (length < 0 || length + strlen(name) + 2 > sizeof given) return 0;
    given[length] = '/';
    strcpy(given + length + 1, name);
  }
  size_t length = strlen(given);
  while (length > 1 && given[length - 1] == '/') given[--length] = '\0';
  char *slash = strrchr(given, '/');
  const char *last = slash + 1;
  *slash = '\0';
  struct stat state;
  if (realpath(slash == given ? "/" : given, resolved) == NULL || stat(resolved, &state) != 0) return 0;
  if (snprintf(path, PATH_MAX, "%s/%s", resolved, last) >= PATH_MAX) return 0;
  *parent = state.st_ino;
  return is_watched(path);
}

/* ---- bytes ---- */

static char *old_bytes(int descriptor, uint64_t offset, uint64_t length) {
  char *bytes = malloc(length == 0 ? 1 : length);
  if (bytes == NULL) die("no memory");
  for (uint64_t done = 0; done < length;) {
    ssize_t got = pread(descriptor, bytes + done, length - done, offset + done);
    if (got <= 0) die("old bytes cannot be read");
    done += got;
  }
  return bytes;
}

/* Reads through a descriptor of its own: the one in use may be for writing only. */
static void note_bytes(enum kind kind, int descriptor, const struct stat *state, uint64_t from, uint64_t end) {
  struct note note = {.kind = kind, .inode = state->st_ino, .size = state->st_size, .end = end};
  uint64_t size = state->st_size;
  uint64_t changed_end = kind == WRITE ? (end + PAGE - 1) / PAGE * PAGE : size;
  note.offset = from / PAGE * PAGE;
  if (changed_end > size) changed_end = size;
  note.length = changed_end > note.offset ? changed_end - note.offset : 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  int reader = REAL(open)(link, O_RDONLY | O_CLOEXEC);
  if (reader < 0) die("a changed file cannot be read");
  char *old = old_bytes(reader, note.offset, note.length);
  close(reader);
  append(&note, NULL, NULL, old);
  free(old);
}

static uint64_t write_position(int descriptor, const struct stat *state) {
  if (fcntl(descriptor, F_GETFL) & O_APPEND) return state->st_size;
  return lseek(descriptor, 0, SEEK_CUR);
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
  struct stat state;
  if (!watched_descriptor(descriptor, S_IFREG, &state)) return REAL(write)(descriptor, bytes, length);
  pthread_mutex_lock(&lock);
  count_or_die();
  fstat(descriptor, &state);
  uint64_t at = write_position(descriptor, &state);
  note_bytes(WRITE, descriptor, &state, at, at + length);
  ssize_t done = REAL(write)(descriptor, bytes, length);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t at) {
  struct stat state;
  if (!watched_descriptor(descriptor, S_IFREG, &state)) return REAL(pwrite64)(descriptor, bytes, length, at);
  pthread_mutex_lock(&lock);
  count_or_die();
  fstat(descriptor, &state);
  note_bytes(WRITE, descriptor, &state, at, at + length);
  ssize_t done = REAL(pwrite64)(descriptor, bytes, length, at);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t at) {
  return pwrite64(descriptor, bytes, length, at);
}

static size_t sum(const struct iovec *parts, int count) {
  size_t length = 0;
  for (int i = 0; i < count; i++) length += parts[i].iov_len;
  return length;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  struct stat state;
  if (!watched_descriptor(descriptor, S_IFREG, &state)) return REAL(writev)(descriptor, parts, count);
  pthread_mutex_lock(&lock);
  count_or_die();
  fstat(descriptor, &state);
  uint64_t at = write_position(descriptor, &state);
  note_bytes(WRITE, descriptor, &state, at, at + sum(parts, count));
  ssize_t done = REAL(writev)(descriptor, parts, count);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t at) {
  struct stat state;
  if (!watched_descriptor(descriptor, S_IFREG, &state)) return REAL(pwritev64)(descriptor, parts, count, at);
  pthread_mutex_lock(&lock);
  count_or_die();
  fstat(descriptor, &state);
  note_bytes(WRITE, descriptor, &state, at, at + sum(parts, count));
  ssize_t done = REAL(pwritev64)(descriptor, parts, count, at);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t at) {
  return pwritev64(descriptor, parts, count, at);
}

int ftruncate64(int descriptor, off64_t size) {
  struct stat state;
  if (!watched_descriptor(descriptor, S_IFREG, &state)) return REAL(ftruncate64)(descriptor, size);
  pthread_mutex_lock(&lock);
  count_or_die();
  fstat(descriptor, &state);
  note_bytes(TRUNCATE, descriptor, &state, size < state.st_size ? size : state.st_size, size);
  int done = REAL(ftruncate64)(descriptor, size);
  pthread_mutex_unlock(&lock);
  return done;
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

int truncate64(const char *name, off64_t size) {
  int descriptor = REAL(open)(name, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  int done = ftruncate64(descriptor, size);
  close(descriptor);
  return done;
}

int truncate(const char *name, off_t size) { return truncate64(name, size); }

/* ---- syncs ---- */

/*
 * The disk itself is not asked: the machine stays up, so nothing depends on it, and what the tests need is many rounds.
 */
static int synced(int descriptor, int (*sync)(int)) {
  struct stat state;
  int is_file = watched_descriptor(descriptor, S_IFREG, &state);
  if (!is_file && !watched_descriptor(descriptor, S_IFDIR, &state)) return sync(descriptor);
  if (deaf) return 0;
  pthread_mutex_lock(&lock);
  count_or_die();
  struct note note = {.kind = is_file ? SYNC : SYNC_FOLDER, .inode = state.st_ino};
  append(&note, NULL, NULL, NULL);
  mark_clean(state.st_ino);
  if (dirty_count == 0 && REAL(ftruncate64)(journal, 0) != 0) die("the journal cannot be cut");
  pthread_mutex_unlock(&lock);
  return 0;
}

int fsync(int descriptor) { return synced(descriptor, REAL(fsync)); }
int fdatasync(int descriptor) { return synced(descriptor, REAL(fdatasync)); }

/* ---- names ---- */

static void note_truncating_open(const char *path, const struct stat *state) {
  int descriptor = REAL(open)(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) die("a file that is emptied cannot be read");
  note_bytes(TRUNCATE, descriptor, state, 0, 0);
  close(descriptor);
}

static int opened(int at, const char *name, int flags, mode_t mode) {
  char path[PATH_MAX];
  uint64_t parent;
  if (!(flags & (O_CREAT | O_TRUNC)) || !watched_name(at, name, path, &parent))
    return REAL(openat)(at, name, flags, mode);
  pthread_mutex_lock(&lock);
  count_or_die();
  struct stat state;
  if (stat(path, &state) != 0) {
    struct note note = {.kind = CREATE, .inode = parent};
    if (flags & O_CREAT) append(&note, path, NULL, NULL);
  } else if ((flags & O_TRUNC) && S_ISREG(state.st_mode) && state.st_size > 0) note_truncating_open(path, &state);
  int descriptor = REAL(openat)(at, name, flags, mode);
  pthread_mutex_unlock(&lock);
  return descriptor;
}

#define MODE_OF(flags, mode)                \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {  \
    va_list rest;                           \
    va_start(rest, flags);                  \
    mode = va_arg(rest, mode_t);            \
    va_end(rest);                           \
  }

int open(const char *name, int flags, ...) {
  mode_t mode = 0;
  MODE_OF(flags, mode)
  return opened(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...) {
  mode_t mode = 0;
  MODE_OF(flags, mode)
  return opened(AT_FDCWD, name, flags | O_LARGEFILE, mode);
}

int openat(int at, const char *name, int flags, ...) {
  mode_t mode = 0;
  MODE_OF(flags, mode)
  return opened(at, name, flags, mode);
}

int openat64(int at, const char *name, int flags, ...) {
  mode_t mode = 0;
  MODE_OF(flags, mode)
  return opened(at, name, flags | O_LARGEFILE, mode);
}

/* A second name beside the journal keeps the file for the day it comes back. */
static void note_removal(const char *path, uint64_t parent) {
  struct stat state;
  if (lstat(path, &state) != 0) return;
  struct note note = {.kind = S_ISDIR(state.st_mode) ? REMOVE_FOLDER : REMOVE, .inode = parent};
  char grave[PATH_MAX];
  if (note.kind == REMOVE) {
    snprintf(grave, sizeof grave, "%s.removed-%u", journal_path, ++graves);
    if (REAL(link)(path, grave) != 0) die("a removed file cannot be kept");
  }
  append(&note, path, note.kind == REMOVE ? grave : NULL, NULL);
}

int unlinkat(int at, const char *name, int flags) {
  char path[PATH_MAX];
  uint64_t parent;
  if (!watched_name(at, name, path, &parent)) return REAL(unlinkat)(at, name, flags);
  pthread_mutex_lock(&lock);
  count_or_die();
  note_removal(path, parent);
  int done = REAL(unlinkat)(at, name, flags);
  pthread_mutex_unlock(&lock);
  return done;
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int remove(const char *name) {
  struct stat state;
  if (lstat(name, &state) != 0) return -1;
  return S_ISDIR(state.st_mode) ? rmdir(name) : unlink(name);
}

int rename(const char *from, const char *to) {
  char old_path[PATH_MAX], new_path[PATH_MAX];
  uint64_t old_parent, new_parent;
  int leaves = watched_name(AT_FDCWD, from, old_path, &old_parent);
  int arrives = watched_name(AT_FDCWD, to, new_path, &new_parent);
  if (!leaves && !arrives) return REAL(rename)(from, to);
  if (!leaves || !arrives) die("a rename across the edge of the watched folder is not followed");
  pthread_mutex_lock(&lock);
  count_or_die();
  struct stat state;
  if (lstat(old_path, &state) == 0) {
    note_removal(new_path, new_parent);
    struct note note = {.kind = RENAME, .inode = new_parent, .offset = state.st_ino, .end = old_parent};
    append(&note, old_path, new_path, NULL);
  }
  int done = REAL(rename)(from, to);
  pthread_mutex_unlock(&lock);
  return done;
}

static void note_creation(const char *name) {
  char path[PATH_MAX];
  uint64_t parent;
  struct stat state;
  if (!watched_name(AT_FDCWD, name, path, &parent) || lstat(path, &state) == 0) return;
  struct note note = {.kind = CREATE, .inode = parent};
  pthread_mutex_lock(&lock);
  count_or_die();
  append(&note, path, NULL, NULL);
  pthread_mutex_unlock(&lock);
}

int mkdir(const char *name, mode_t mode) {
  note_creation(name);
  return REAL(mkdir)(name, mode);
}

int symlink(const char *target, const char *name) {
  note_creation(name);
  return REAL(symlink)(target, name);
}

/* ---- what cannot be followed ---- */

static void refuse(int descriptor, const char *what) {
  struct stat state;
  if (watched_descriptor(descriptor, S_IFREG, &state)) die(what);
}

int link(const char *from, const char *to) {
  char path[PATH_MAX];
  uint64_t parent;
  if (watched_name(AT_FDCWD, to, path, &parent)) die("a hard link is not followed");
  return REAL(link)(from, to);
}

void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off64_t offset) {
  if ((flags & MAP_SHARED) && (protection & PROT_WRITE)) refuse(descriptor, "a writing mmap is not followed");
  return REAL(mmap64)(address, length, protection, flags, descriptor, offset);
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  return mmap64(address, length, protection, flags, descriptor, offset);
}

ssize_t sendfile64(int to, int from, off64_t *offset, size_t count) {
  refuse(to, "sendfile is not followed");
  return ((ssize_t(*)(int, int, off64_t *, size_t))real("sendfile64"))(to, from, offset, count);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t count) { return sendfile64(to, from, (off64_t *)offset, count); }

/* libuv goes around the C library for some. Six arguments are passed whatever the call takes, as the C library does itself. */
long syscall(long number, ...) {
  va_list rest;
  va_start(rest, number);
  long given[6];
  for (int i = 0; i < 6; i++) given[i] = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_copy_file_range) refuse(given[2], "copy_file_range is not followed");
  if (number == SYS_pwritev || number == SYS_pwritev2) refuse(given[0], "a bare pwritev is not followed");
  return ((long (*)(long, ...))real("syscall"))(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}
