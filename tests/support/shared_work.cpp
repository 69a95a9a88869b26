#include "tests/support/shared_work.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace holdline::support {

namespace {

[[noreturn]] void system_failed(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) std::_Exit(EXIT_FAILURE);  // nobody listens any more
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string how_it_ended(int status) {
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "exit code " + std::to_string(WEXITSTATUS(status));
}

class Worker {
 public:
  Worker(std::uint64_t first, std::uint64_t stride, const SharedWork& shared) : next_(first), stride_(stride) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) system_failed("pipe");
    std::fflush(nullptr);  // or the worker writes it again
    const pid_t caller = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) {
      const int error = errno;
      ::close(ends[0]);
      ::close(ends[1]);
      errno = error;
      system_failed("fork");
    }
    if (pid_ == 0) {
      ::close(ends[0]);
      work(ends[1], caller, shared);
    }
    ::close(ends[1]);
    fd_ = ends[0];
  }
  ~Worker() {
    if (fd_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  int fd() const { return fd_; }

  // To be called when there is something to read. False: no more work is wanted.
  bool listen(const SharedWork& shared) {
    std::array<char, 65'536> bytes{};
    const ssize_t size = ::read(fd_, bytes.data(), bytes.size());
    if (size < 0) {
      if (errno == EINTR) return true;
      system_failed("read");
    }
    if (size == 0) {
      const std::uint64_t unfinished = next_;
      if (const int status = wait(); status != 0) {
        shared.died(unfinished, how_it_ended(status));
        return false;
      }
      return true;
    }
    heard_.append(bytes.data(), static_cast<std::size_t>(size));
    return tell(shared);
  }

 private:
  // In the worker's process.
  [[noreturn]] void work(int fd, pid_t caller, const SharedWork& shared) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != caller) std::_Exit(EXIT_FAILURE);
    for (std::uint64_t n = next_;; n += stride_) {
      const std::optional<std::string> line = shared.work(n);
      if (!line) break;
      write_all(fd, *line + "\n");
    }
    std::exit(EXIT_SUCCESS);  // what measures coverage and leaks wants an orderly end
  }

  bool tell(const SharedWork& shared) {
    std::size_t from = 0;
    bool wanted = true;
    for (std::size_t end = heard_.find('\n'); wanted && end != std::string::npos; end = heard_.find('\n', from)) {
      wanted = shared.done(std::exchange(next_, next_ + stride_), std::string_view(heard_).substr(from, end - from));
      from = end + 1;
    }
    heard_.erase(0, from);
    return wanted;
  }

  int wait() {
    ::close(std::exchange(fd_, -1));
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  std::uint64_t next_, stride_;  // the piece that is under way
  pid_t pid_ = -1;
  int fd_ = -1;
  std::string heard_;
};

double seconds_of(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

void share_work(unsigned workers, const SharedWork& shared) {
  std::vector<std::unique_ptr<Worker>> all;
  for (unsigned i = 0; i < workers; ++i) all.push_back(std::make_unique<Worker>(i, workers, shared));
  while (true) {
    std::vector<pollfd> waited;
    std::vector<Worker*> of;
    for (const auto& worker : all)
      if (worker->fd() >= 0) {
        waited.push_back({worker->fd(), POLLIN, 0});
        of.push_back(worker.get());
      }
    if (waited.empty()) return;
    if (::poll(waited.data(), waited.size(), -1) < 0) {
      if (errno == EINTR) continue;
      system_failed("poll");
    }
    for (std::size_t i = 0; i < waited.size(); ++i)
      if (waited[i].revents != 0 && !of[i]->listen(shared)) return;
  }
}

double cpu_seconds_with_workers() { return seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN); }

}  // namespace holdline::support
