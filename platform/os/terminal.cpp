#include "platform/os/terminal.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "platform/os/fd.hpp"

namespace holdline::platform {
namespace {

constexpr std::size_t line_bytes = 1024;
constexpr char ctrl_c = 3, ctrl_d = 4, backspace = 8, ctrl_u = 21, rubout = 127;

// Reads key by key without echo. Ctrl-C arrives as a key, not as a signal: a program that a signal ended here would
// leave the terminal silent.
class SilentTerminal {
 public:
  explicit SilentTerminal(int fd) : fd_(fd) {
    if (::tcgetattr(fd_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    changed_ = ::tcsetattr(fd_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (changed_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  bool silent() const { return changed_; }

 private:
  int fd_;
  termios before_{};
  bool changed_ = false;
};

void show(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return;  // a prompt that cannot be shown is no reason not to read
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

// Takes off the last character, which may be several bytes of UTF-8.
void erase_last(std::string& line) {
  while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xc0) == 0x80) line.pop_back();
  if (!line.empty()) line.pop_back();
}

Result<SecretBytes> read_line(int fd) {
  std::string line;
  line.reserve(line_bytes + 1);  // never grows, so that no copy of it is left behind unwiped
  const auto give_up = [&line](std::string code, std::string text) {
    wipe(line);
    return fail(ErrorKind::ask_person, std::move(code), std::move(text));
  };
  for (;;) {
    char key = 0;
    const ssize_t got = ::read(fd, &key, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || key == ctrl_c || (key == ctrl_d && line.empty()))
      return give_up("cancelled", "Nothing was entered — nothing was changed.");
    if (key == '\n' || key == '\r') return SecretBytes(std::move(line));
    if (key == rubout || key == backspace) {
      erase_last(line);
    } else if (key == ctrl_u) {
      wipe(line);
      line.clear();
    } else if (line.size() == line_bytes) {
      return give_up("too-large", "What was entered is longer than 1024 bytes.");
    } else {
      line.push_back(key);
    }
  }
}

}  // namespace

bool is_terminal(StandardStream stream) {
  switch (stream) {
    case StandardStream::input:
      return ::isatty(STDIN_FILENO) == 1;
    case StandardStream::output:
      return ::isatty(STDOUT_FILENO) == 1;
    case StandardStream::error:
      return ::isatty(STDERR_FILENO) == 1;
  }
  return false;
}

Result<SecretBytes> ask_secret(const std::string& prompt) {
  const Fd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.get() < 0) return fail(ErrorKind::ask_person, "no-terminal", "There is no terminal to ask at.");
  const SilentTerminal silence(terminal.get());
  if (!silence.silent())
    return fail(ErrorKind::ask_person, "no-terminal", "The terminal cannot be kept from showing what is typed.");
  show(terminal.get(), prompt);
  auto line = read_line(terminal.get());
  show(terminal.get(), "\n");
  return line;
}

}  // namespace holdline::platform
