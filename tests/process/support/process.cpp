#include "tests/process/support/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace holdline::process {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds between_looks{40};
constexpr std::chrono::seconds patience{60};  // with a daemon that starts or ends

// Tests write to daemons that may have closed: an answer for the test, not the end of all tests.
[[maybe_unused]] const auto broken_pipes = ::signal(SIGPIPE, SIG_IGN);

int status_of(int waited) { return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited); }

std::string described(const Command& command) {
  std::string text;
  for (const std::string& word : command.words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> found;
  found.reserve(words.size() + 1);
  for (std::string& word : words) found.push_back(word.data());
  found.push_back(nullptr);
  return found;
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> found;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!command.environment.contains(text.substr(0, text.find('=')))) found.push_back(text);
  }
  for (const auto& [name, value] : command.environment) found.push_back(name + "=" + value);
  return found;
}

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(const Command& command, char* const* words, char* const* environment, int out, int err) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing is left behind by a test that crashed
  ::signal(SIGPIPE, SIG_DFL);          // what the tests ignore the programs do not inherit
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  ::close_range(3, ~0U, 0);
  const bool other = command.uid.has_value();
  if (other && (::setgroups(0, nullptr) != 0 || ::setgid(command.gid.value_or(*command.uid)) != 0 ||
                ::setuid(*command.uid) != 0))
    ::_exit(126);
  ::execve(words[0], words, environment);
  ::_exit(127);
}

pid_t spawn(const Command& command, int out, int err) {
  std::vector<std::string> words = command.words, environment = environment_of(command);
  const auto word_pointers = pointers(words), environment_pointers = pointers(environment);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("cannot fork");
  if (pid == 0) become(command, word_pointers.data(), environment_pointers.data(), out, err);
  return pid;
}

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  }
  ~Pipe() {
    close(0);
    close(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close(std::size_t end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
};

// Reads both pipes to their ends. False: not in time.
bool read_both(Pipe& out, Pipe& err, Outcome& outcome, Clock::time_point deadline) {
  std::array<pollfd, 2> waiting{pollfd{out.ends[0], POLLIN, 0}, pollfd{err.ends[0], POLLIN, 0}};
  std::array<std::string*, 2> texts{&outcome.out, &outcome.err};
  std::array<char, 65536> block;
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || ::poll(waiting.data(), waiting.size(), static_cast<int>(left)) == 0) return false;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      const ssize_t got = ::read(waiting[i].fd, block.data(), block.size());
      if (got > 0)
        texts[i]->append(block.data(), static_cast<std::size_t>(got));
      else
        waiting[i].fd = -1;
    }
  }
  return true;
}

}  // namespace

std::string bin(const std::string& program) {
  const char* folder = std::getenv("HOLDLINE_BIN");
  return std::string(folder != nullptr ? folder : HOLDLINE_BIN_FOLDER) + "/" + program;
}

Outcome run(const Command& command, std::chrono::seconds limit) {
  Pipe out, err;
  const pid_t pid = spawn(command, out.ends[1], err.ends[1]);
  out.close(1);
  err.close(1);
  Outcome outcome;
  const bool ended = read_both(out, err, outcome, Clock::now() + limit);
  if (!ended) ::kill(pid, SIGKILL);
  int waited = 0;
  ::waitpid(pid, &waited, 0);
  if (!ended) throw std::runtime_error("did not end in time: " + described(command) + "\n" + outcome.err);
  outcome.status = status_of(waited);
  return outcome;
}

bool is_root() { return ::geteuid() == 0; }

void until(const std::string& what, const std::function<bool()>& holds, const std::function<std::string()>& explain,
           std::chrono::seconds limit) {
  const auto deadline = Clock::now() + limit;
  while (!holds()) {
    if (Clock::now() > deadline)
      throw std::runtime_error("did not happen in " + std::to_string(limit.count()) + " s: " + what + "\n" + explain());
    std::this_thread::sleep_for(between_looks);
  }
}

Daemon::Daemon(Command command, Path log) : command_(std::move(command)), log_(std::move(log)), notify_(log_) {
  notify_ += ".ready";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = notify_.string();
  if (name.size() >= sizeof address.sun_path) throw std::runtime_error("too long for a socket: " + name);
  std::memcpy(address.sun_path, name.c_str(), name.size());
  ::unlink(name.c_str());
  notify_fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (::bind(notify_fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot listen for the readiness of a daemon at " + name);
  command_.environment["NOTIFY_SOCKET"] = name;
}

Daemon::~Daemon() {
  if (runs()) kill();
  ::close(notify_fd_);
}

void Daemon::launch() {
  if (runs()) throw std::logic_error("it runs already: " + described(command_));
  std::array<char, 4096> old;
  while (::recv(notify_fd_, old.data(), old.size(), 0) > 0) {
  }
  std::error_code none;
  log_start_ = std::filesystem::file_size(log_, none);
  if (none) log_start_ = 0;
  const int log = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = spawn(command_, log, log);
  ::close(log);
}

void Daemon::start() {
  launch();
  bool ready = false;
  until(
      "ready: " + described(command_),
      [&] {
        std::array<char, 4096> message;
        const ssize_t got = ::recv(notify_fd_, message.data(), message.size(), 0);
        if (got > 0)
          ready = std::string(message.data(), static_cast<std::size_t>(got)).find("READY=1") != std::string::npos;
        if (!ready && !runs())
          throw std::runtime_error("ended with " + std::to_string(status_) +
                                   " instead of getting ready: " + described(command_) + "\n" + log_since_start());
        return ready;
      },
      [this] { return log_since_start(); }, patience);
}

bool Daemon::try_reap() {
  int waited = 0;
  if (::waitpid(pid_, &waited, WNOHANG) != pid_) return false;
  status_ = status_of(waited);
  dumped_core_ = WIFSIGNALED(waited) && WCOREDUMP(waited);
  pid_ = -1;
  return true;
}

bool Daemon::runs() { return pid_ > 0 && !try_reap(); }

void Daemon::signal(int number) {
  if (!runs()) throw std::runtime_error("does not run any more: " + described(command_) + "\n" + log_since_start());
  ::kill(pid_, number);
}

int Daemon::stop() {
  signal(SIGTERM);
  return wait_for_end(patience);
}

void Daemon::kill() {
  signal(SIGKILL);
  wait_for_end(patience);
}

void Daemon::abort() {
  signal(SIGABRT);
  wait_for_end(patience);
}

int Daemon::wait_for_end(std::chrono::seconds limit) {
  until(
      "the end of " + described(command_), [this] { return !runs(); }, [this] { return log_since_start(); }, limit);
  return status_;
}

std::string Daemon::log() const { return read_text(log_); }

std::string Daemon::log_since_start() const {
  const std::string all = read_text(log_);
  return all.size() < log_start_ ? all : all.substr(log_start_);
}

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

std::string tail(const std::string& text, std::size_t lines) {
  std::size_t at = text.size();
  for (; lines > 0 && at != std::string::npos && at > 0; --lines) at = text.rfind('\n', at - 1);
  return at == std::string::npos ? text : text.substr(at);
}

std::vector<std::string> sorted(std::vector<std::string> all) {
  std::ranges::sort(all);
  return all;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

std::string read_text(const Path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_text(const Path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace holdline::process
