#include "tests/process/support/lossy_network.hpp"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "platform/os/fd.hpp"

namespace holdline::process {

namespace {

constexpr const char* nft = "/usr/sbin/nft";

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("no network of its own: " + what + ": " + std::strerror(errno));
}

// In its own user namespace a process is an administrator, of nothing but what belongs to that namespace.
void enter_user_namespace() {
  const std::string uid = std::to_string(::geteuid()), gid = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER) != 0)
    fail("this kernel lets ordinary users have no user namespace (user.max_user_namespaces, or a container's rules)");
  write_text("/proc/self/setgroups", "deny");
  write_text("/proc/self/uid_map", "0 " + uid + " 1");
  write_text("/proc/self/gid_map", "0 " + gid + " 1");
  if (!is_root()) fail("the user namespace has no administrator (uid_map)");
}

void bring_up_loopback() {
  const platform::Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  if (::ioctl(fd.get(), SIOCSIFFLAGS, &request) != 0) fail("its loopback stays down");
}

std::string nftables(const std::vector<std::string>& words) {
  Command command{{nft}, {}, {}, {}};
  command.words.insert(command.words.end(), words.begin(), words.end());
  const Outcome outcome = run(command);
  if (outcome.status != 0)
    throw std::runtime_error("nft failed (status " + std::to_string(outcome.status) +
                             "; package nftables): " + outcome.err);
  return outcome.out;
}

}  // namespace

LossyNetwork::LossyNetwork(Path script) : script_(std::move(script)) {
  if (!is_root()) enter_user_namespace();
  if (::unshare(CLONE_NEWNET) != 0) fail("this kernel forbids a network namespace");
  bring_up_loopback();
}

bool LossyNetwork::run(const Path& scratch, const std::function<bool(LossyNetwork&)>& test) {
  const Path why = scratch / "why";
  std::cout.flush();
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) fail("no process for it");
  if (child == 0) {
    bool good = false;
    try {
      LossyNetwork network(scratch / "loss.nft");
      good = test(network);
    } catch (const std::exception& error) {
      write_text(why, error.what());
    }
    std::cout.flush();
    std::fflush(nullptr);
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child) fail("its process is lost");
  if (std::filesystem::exists(why)) throw std::runtime_error(read_text(why));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void LossyNetwork::lose(unsigned percent, std::uint16_t port) {
  const std::string chance = " numgen random mod 100 < " + std::to_string(percent) + " counter name lost drop\n";
  std::string script = "add table inet loss\ndelete table inet loss\nadd table inet loss\nadd counter inet loss lost\n";
  script += "add chain inet loss arriving { type filter hook input priority 0; }\n";
  for (const char* side : {"dport ", "sport "})
    script += "add rule inet loss arriving tcp " + (side + std::to_string(port)) + chance;
  write_text(script_, script);
  nftables({"-f", script_.string()});
}

std::uint64_t LossyNetwork::lost() const {
  const auto told = nlohmann::json::parse(nftables({"-j", "list", "counter", "inet", "loss", "lost"}));
  for (const auto& one : told["nftables"])
    if (one.contains("counter")) return one["counter"]["packets"];
  return 0;
}

}  // namespace holdline::process
