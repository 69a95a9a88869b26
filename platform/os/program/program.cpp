#include "platform/os/program/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

// glibc 2.36 declares these for C alone.
extern "C" {
#include <sys/pidfd.h>
}

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace holdline::platform {

namespace asio = boost::asio;

namespace {

auto refuse_program(const Path& path, const std::string& why) {
  return fail(ErrorKind::ask_person, "program-refused", path.string() + " " + why);
}

auto not_started(const std::string& why) {
  return fail(ErrorKind::retry_later, "program-not-started", "The program could not be started: " + why + ".");
}

bool only_ours(const struct stat& status) {
  return (status.st_uid == 0 || status.st_uid == ::geteuid()) && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// The arguments of posix_spawn, which wants arrays of pointers.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

class SpawnActions {
 public:
  explicit SpawnActions(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, 1);
    posix_spawn_file_actions_adddup2(&actions_, output, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    posix_spawn_file_actions_addchdir_np(&actions_, "/");
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

// A process group of its own, and signals as they are in a new login.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

struct Pipe {
  Fd read, write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return not_started("no pipe");
  Pipe pipe{Fd(ends[0]), Fd(ends[1])};
  ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

}  // namespace

Result<Path> check_program(const Path& directory, const std::string& name) {
  if (directory.empty() || !directory.is_absolute())
    return refuse_program(name, "cannot be run: this site allows no directory of programs.");
  if (name.empty() || name.find('/') != name.npos || name.front() == '.')
    return refuse_program(name, "is no name of a program in the allowed directory.");
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    return refuse_program(directory, "is no directory. Make it, or name another one in agent.toml.");
  if (!only_ours(status))
    return refuse_program(directory, "can be written by others: chmod go-w " + directory.string());
  const Path path = directory / name;
  if (::lstat(path.c_str(), &status) != 0) return refuse_program(path, "is not there.");
  if (!S_ISREG(status.st_mode)) return refuse_program(path, "is no ordinary file; links are not followed.");
  if (!only_ours(status)) return refuse_program(path, "can be written by others: chmod go-w " + path.string());
  if (::access(path.c_str(), X_OK) != 0) return refuse_program(path, "cannot be executed: chmod +x " + path.string());
  return path;
}

class Program::Impl : public std::enable_shared_from_this<Program::Impl> {
 public:
  Impl(asio::io_context& io, pid_t pid, Fd exited, Fd output, const ProgramRequest& request, Done done)
      : pid_(pid),
        keeps_(request.output_bytes),
        done_(std::move(done)),
        exited_(io, exited.release()),
        output_(io, output.release()),
        timer_(io, request.timeout) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (pid_ == 0) return;
    kill_group();
    ::waitpid(pid_, nullptr, WNOHANG);
  }

  void watch() {
    read_on();
    // Also one that nobody waits for any more is waited for, so that it is gone from the system's list.
    exited_.async_wait(asio::posix::descriptor_base::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (!error) self->finish();
                       });
    timer_.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
      const auto alive = self.lock();
      if (!alive || error) return;
      alive->outcome_.timed_out = true;
      alive->kill_group();  // then it has exited
    });
  }

  // Nobody is told any more.
  void stop() {
    done_ = nullptr;
    if (pid_ != 0) kill_group();
  }

 private:
  // The group has the id of its first process, which is not given to another while nobody has waited for it.
  void kill_group() const { ::kill(-pid_, SIGKILL); }

  void read_on() {
    output_.async_wait(asio::posix::descriptor_base::wait_read,
                       [self = weak_from_this()](const boost::system::error_code& error) {
                         const auto alive = self.lock();
                         if (alive && !error && alive->drain()) alive->read_on();
                       });
  }

  // False: there will be no more.
  bool drain() {
    std::array<char, 4'096> bytes;
    for (;;) {
      const ssize_t got = ::read(output_.native_handle(), bytes.data(), bytes.size());
      if (got < 0) return errno == EAGAIN || errno == EINTR;
      if (got == 0) return false;
      const std::size_t room = keeps_ - outcome_.output.size();
      outcome_.output.append(bytes.data(), std::min(room, static_cast<std::size_t>(got)));
    }
  }

  // What it left behind in its group ends with it, before its id can be another's.
  void finish() {
    kill_group();
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    drain();
    outcome_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    exited_.close();
    output_.close();
    timer_.cancel();
    if (const Done done = std::exchange(done_, nullptr)) done(std::move(outcome_));
  }

  pid_t pid_;
  const std::size_t keeps_;
  Done done_;
  ProgramOutcome outcome_;
  asio::posix::stream_descriptor exited_, output_;
  asio::steady_timer timer_;
};

Program::Program(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Program::~Program() { impl_->stop(); }
void Program::stop() { impl_->stop(); }

Result<std::unique_ptr<Program>> Program::start(asio::io_context& io, const ProgramRequest& request, Done done) {
  if (request.argv.empty()) return refuse_program("", "names no program.");
  HOLDLINE_ASSIGN(const Path path, check_program(request.directory, request.argv.front()));
  HOLDLINE_ASSIGN(Pipe pipe, make_pipe());
  std::vector<std::string> argv = request.argv;
  std::vector<std::string> environment{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"};
  for (const auto& [name, value] : request.environment) environment.push_back(name + "=" + value);
  const SpawnActions actions(pipe.write.get());
  const SpawnAttributes attributes;
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, path.c_str(), actions.get(), attributes.get(), pointers(argv).data(),
                                  pointers(environment).data());
  if (error != 0) return not_started(std::generic_category().message(error));
  Fd exited(::pidfd_open(pid, 0));
  if (!exited) {
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return not_started("its end cannot be watched");
  }
  auto impl = std::make_shared<Impl>(io, pid, std::move(exited), std::move(pipe.read), request, std::move(done));
  impl->watch();
  return std::unique_ptr<Program>(new Program(std::move(impl)));
}

}  // namespace holdline::platform
